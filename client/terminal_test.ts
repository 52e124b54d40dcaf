import { assertEquals } from "@std/assert";
import { successLine } from "./terminal.ts";

const PLAIN = { color: false, columns: Infinity };

Deno.test("a success is one line, whatever the server's message is", () => {
  const answer = { status: 201, message: "Mensagem\n\x1b[2Jcriada", data: "4\n5", text: "" };
  assertEquals(successLine(answer, undefined, PLAIN), "Mensagem\\u000a\\u001b[2Jcriada (id 4\\u000a5)\n");
  assertEquals(
    successLine({ ...answer, message: "Mensagem criada", data: "" }, 3, { ...PLAIN, color: true }),
    "\x1b[32mMensagem criada\x1b[0m (id 3)\n",
  );
});
