import { assertEquals } from "@std/assert";
import type { Message } from "../protocol/mod.ts";
import { table } from "./table.ts";

const PLAIN = { color: false, columns: Infinity };

/** The lines that a board becomes. */
function rows(texts: string[], columns: number, firstId = 1): string[] {
  const messages: Message[] = texts.map((mensagem, at) => ({ id: firstId + at, mensagem }));
  const lines = table(messages, { color: false, columns }).split("\n");
  assertEquals([lines[0].trimStart(), lines.at(-1)], ["id  mensagem", ""]);
  return lines.slice(1, -1);
}

const WRAPPED: [name: string, text: string, columns: number, lines: string[]][] = [
  ["that fits exactly is left whole", "x".repeat(26), 30, [` 1  ${"x".repeat(26)}`]],
  ["longer than the window is cut at its edge", "x".repeat(27), 30, [` 1  ${"x".repeat(26)}`, "    x"]],
  ["of wide characters counts two columns each", "漢".repeat(14), 30, [` 1  ${"漢".repeat(13)}`, "    漢"]],
  ["does not cut a wide character in two", `x${"漢".repeat(13)}`, 30, [` 1  x${"漢".repeat(12)}`, "    漢"]],
  ["keeps an emoji of several characters together", "👩‍👩‍👧‍👦".repeat(14), 30, [
    ` 1  ${"👩‍👩‍👧‍👦".repeat(13)}`,
    "    👩‍👩‍👧‍👦",
  ]],
  ["keeps an accent with its letter", "e\u0301".repeat(27), 30, [` 1  ${"e\u0301".repeat(26)}`, "    e\u0301"]],
  ["with newlines is shown on lines of its own", "a\n\nb", 30, [" 1  a", "    ", "    b"]],
  ["is not wrapped narrower than 20 columns", "x".repeat(21), 1, [` 1  ${"x".repeat(20)}`, "    x"]],
  ["is not wrapped where there is no window", "x".repeat(500), Infinity, [` 1  ${"x".repeat(500)}`]],
  ["that is empty has its line", "", 30, [" 1  "]],
];

for (const [name, text, columns, lines] of WRAPPED) {
  Deno.test(`in the table a text ${name}`, () => assertEquals(rows([text], columns), lines));
}

Deno.test("the table has the ids to the right, negative ones too", () => {
  assertEquals(rows(["a", "b", "c"], 80, -1), ["-1  a", " 0  b", " 1  c"]);
  assertEquals(rows(["a", "b"], 80, 999), [" 999  a", "1000  b"]);
});

Deno.test("a board without messages is told as such", () => {
  assertEquals(table([], PLAIN), "No messages\n");
  assertEquals(table([], { ...PLAIN, color: true }), "\x1b[2mNo messages\x1b[0m\n");
});

Deno.test("with colours the head is dim, ids are bold and texts as they are", () => {
  const painted = table([{ id: 7, mensagem: "a\x1b[31mb" }], { color: true, columns: 80 });
  assertEquals(painted, "\x1b[2mid  mensagem\x1b[0m\n\x1b[1m 7\x1b[0m  a\\u001b[31mb\n");
});
