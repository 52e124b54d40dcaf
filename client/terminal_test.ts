import { assertEquals } from "@std/assert";
import { successLine, visible } from "./terminal.ts";

const PLAIN = { color: false, columns: Infinity };

Deno.test("what steers a terminal is shown as an escape", () => {
  assertEquals(visible("a\tb"), "a    b");
  for (const char of ["\0", "\x07", "\b", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"]) {
    assertEquals(visible(`a${char}b`), `a\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}b`);
  }
  for (const char of "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
    assertEquals(visible(char), `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
});

Deno.test("a success is one line, whatever the server's message is", () => {
  const answer = { status: 201, message: "Mensagem\n\x1b[2Jcriada", data: "4\n5", text: "" };
  assertEquals(successLine(answer, undefined, PLAIN), "Mensagem\\u000a\\u001b[2Jcriada (id 4\\u000a5)\n");
  assertEquals(
    successLine({ ...answer, message: "Mensagem criada", data: "" }, 3, { ...PLAIN, color: true }),
    "\x1b[32mMensagem criada\x1b[0m (id 3)\n",
  );
});
