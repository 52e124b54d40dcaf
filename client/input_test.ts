import { assertEquals } from "@std/assert";
import { openSource } from "./input.ts";

Deno.test("a source is closed twice as it is once", async () => {
  const source = await openSource(new URL(import.meta.url).pathname);
  await source[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  assertEquals(source.taken, 0);
});
