import { assertEquals, assertGreater } from "@std/assert";
import { formatMessage } from "../protocol/mod.ts";
import { hasPython, python, pythonUnicode } from "./support/python.ts";
import { Random } from "./support/random.ts";

const ignore = !hasPython;

function messages(): { id: number; mensagem: string }[] {
  const random = new Random(314);
  const ids = [0, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];
  return Array.from({ length: 3000 }, (_, at) => ({ id: ids[at] ?? at, mensagem: random.text(30) }));
}

Deno.test({
  name: "python: ast.literal_eval of the listing gives back the exact messages",
  ignore,
  async fn() {
    const board = messages();
    const data = board.map((message) => formatMessage(message, "python")).join(",");
    assertEquals(await python("import ast\noutput = ast.literal_eval('[' + input + ']')", data), board);
  },
});

Deno.test({
  name: "python: a listing in JSON is read by its json module",
  ignore,
  async fn() {
    const board = messages();
    const data = `[${board.map((message) => formatMessage(message, "json")).join(",")}]`;
    assertEquals(await python("output = json.loads(input)", data), board);
  },
});

Deno.test({
  name: "python: the listing is what repr writes, where Python knows the same Unicode",
  ignore,
  async fn() {
    const board = messages();
    // Unicode grows: a character that was not assigned may be printable in another version, but none of those assigned in 3.2 changes
    const reprs = await python(
      `import unicodedata
same = unicodedata.unidata_version == "14.0.0"
known = lambda text: same or all(unicodedata.ucd_3_2_0.category(c) != "Cn" for c in text)
output = [repr(message) if known(message["mensagem"]) else None for message in input]`,
      board,
    ) as (string | null)[];
    let compared = 0;
    for (const [at, repr] of reprs.entries()) {
      if (repr === null) continue;
      assertEquals(formatMessage(board[at], "python"), repr);
      compared++;
    }
    assertGreater(compared, 100);
  },
});

Deno.test({
  name: "python: every character is printable to us as it is to a Python of the same Unicode",
  ignore: pythonUnicode !== "14.0.0",
  async fn() {
    const printable = await python(
      'output = "".join("01"[chr(code).isprintable()] for code in range(0x110000))',
      null,
    ) as string;
    const wrong: string[] = [];
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code <= 0xdfff || code === 0x5c) continue; // no character; the backslash is printable, and escaped
      const char = String.fromCodePoint(code);
      const written = formatMessage({ id: 1, mensagem: char }, "python").includes(char);
      if (written !== (printable[code] === "1")) wrong.push(code.toString(16));
    }
    assertEquals(wrong, []);
  },
});
