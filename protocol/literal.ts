import { AnswerError } from "./errors.ts";
import { unprintableClass } from "./printable.ts";

/** Printable ASCII without the quote and the backslash, and Latin letters: needs no escape in single quotes. */
const PLAIN = /^[ -&(-[\]-~\xa1-\xac\xae-\u017f]*$/;

const NAMED_ESCAPES = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"], ["\\", "\\\\"], ["'", "\\'"]]);

let special: RegExp | undefined;

/**
 * Quotes a text as Python's `repr()` quotes a `str`: in `'`, or in `"` when it has a `'` and no `"`, with characters that are not printable escaped.
 *
 * @param text well-formed Unicode
 */
export function pythonRepr(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  special ??= new RegExp(`[\\\\'${unprintableClass()}]`, "gu");
  const double = text.includes("'") && !text.includes('"');
  const quote = double ? '"' : "'";
  return quote + text.replace(special, (char) => double && char === "'" ? char : escape(char)) + quote;
}

function escape(char: string): string {
  const named = NAMED_ESCAPES.get(char);
  if (named !== undefined) return named;
  const code = char.codePointAt(0)!;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** A dict as {@linkcode parseDicts} reads it: no prototype, so that no key is special. */
export type Dict = Record<string, string | number>;

/**
 * Reads Python dict literals with commas between them: the original server's answers (one) and the
 * listing (any number). Keys are strings, values strings or integers; strings may have all of Python's escapes except `\N{…}`, which `repr` never writes.
 *
 * @param text the literals; white space between them is skipped
 * @throws {AnswerError} when it is anything else
 */
export function parseDicts(text: string): Dict[] {
  return new LiteralParser(text).dicts();
}

const ESCAPES = new Map([
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);
const HEX_DIGITS = new Map([["x", 2], ["u", 4], ["U", 8]]);

class LiteralParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  dicts(): Dict[] {
    const dicts: Dict[] = [];
    this.#space();
    while (this.#at < this.#text.length) {
      if (dicts.length > 0) this.#expect(",");
      dicts.push(this.#dict());
      this.#space();
    }
    return dicts;
  }

  #dict(): Dict {
    const dict: Dict = Object.create(null);
    this.#expect("{");
    for (let first = true; !this.#skip("}"); first = false) {
      if (!first) this.#expect(",");
      const key = this.#string();
      this.#expect(":");
      dict[key] = this.#value();
    }
    return dict;
  }

  #value(): string | number {
    this.#space();
    const integer = /-?\d+/y;
    integer.lastIndex = this.#at;
    const digits = integer.exec(this.#text)?.[0];
    if (digits === undefined) return this.#string();
    this.#at += digits.length;
    return Number(digits);
  }

  #string(): string {
    this.#space();
    const quote = this.#text[this.#at];
    if (quote !== "'" && quote !== '"') throw this.#error("a string");
    let value = "";
    let from = ++this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === quote) return value + this.#text.slice(from, this.#at++);
      if (char !== "\\") continue;
      value += this.#text.slice(from, this.#at) + this.#escape();
      from = this.#at + 1;
    }
    throw this.#error("the end of a string");
  }

  /** Reads the escape whose backslash is at `#at`, and leaves `#at` at its last character. */
  #escape(): string {
    const char = this.#text[++this.#at];
    const named = ESCAPES.get(char);
    if (named !== undefined) return named;
    const digits = /[0-7]{1,3}|[xuU][0-9a-fA-F]+/y;
    digits.lastIndex = this.#at;
    const escape = digits.exec(this.#text)?.[0] ?? "";
    if (/^[0-7]/.test(escape)) {
      this.#at += escape.length - 1;
      return String.fromCodePoint(parseInt(escape, 8));
    }
    const length = HEX_DIGITS.get(char);
    if (length === undefined) return `\\${char}`;
    const code = parseInt(escape.slice(1, 1 + length), 16);
    if (escape.length <= length || code > 0x10ffff) throw this.#error("an escape");
    this.#at += length;
    return String.fromCodePoint(code);
  }

  #space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #skip(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#skip(char)) throw this.#error(`'${char}'`);
  }

  #error(expected: string): AnswerError {
    return new AnswerError(`Expected ${expected} at character ${this.#at} of a Python literal`);
  }
}
