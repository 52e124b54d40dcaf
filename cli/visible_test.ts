import { assertEquals } from "@std/assert";
import { visible } from "./mod.ts";

Deno.test("what steers a terminal is shown as an escape", () => {
  assertEquals(visible("a\tb"), "a    b");
  for (const char of ["\0", "\x07", "\b", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"]) {
    assertEquals(visible(`a${char}b`), `a\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}b`);
  }
  for (const char of "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
    assertEquals(visible(char), `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
});
