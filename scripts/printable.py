"""Prints protocol/printable.ts: the characters that Python does not print as themselves, by the Unicode data of the Python that runs it."""

import unicodedata

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
        if number == 0:
            return digits


runs, start = [], None
for code in range(0x110000):
    printable = chr(code).isprintable()
    if not printable and start is None:
        start = code
    if printable and start is not None:
        runs.append((start, code))
        start = None
runs.append((start, 0x110000))

numbers, end = [], 0
for first, after in runs:
    numbers += [base36(first - end), base36(after - first)]
    end = after

lines, line = [], ""
for number in numbers:
    if len(line) + len(number) > 140:
        lines.append(line)
        line = ""
    line += number + " "
lines.append(line.rstrip())

print(f"""// Made by scripts/printable.py; do not edit.

/**
 * The characters of categories C and Z but the plain space, by Unicode {unicodedata.unidata_version}: pairs of numbers in base 36, how many characters to
 * skip and how many then are not printable. Frozen, and not taken from the runtime, whose Unicode changes with its version
 * (docs/decisions.md, "Which characters are printable").
 */
const RUNS = `
{chr(10).join(text.rstrip() for text in lines)}`;

/** The ranges of {{@linkcode RUNS}} as the inside of a character class, for a regular expression with the `u` flag. */
export function unprintableClass(): string {{
  let at = 0;
  let ranges = "";
  for (const [, skipped, length] of RUNS.matchAll(/(\\w+)\\s+(\\w+)/g)) {{
    const first = at + parseInt(skipped, 36);
    at = first + parseInt(length, 36);
    ranges += `\\\\u{{${{first.toString(16)}}}}-\\\\u{{${{(at - 1).toString(16)}}}}`;
  }}
  return ranges;
}}""")
