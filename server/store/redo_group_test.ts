import { assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import { BLOCK, groupsIn, textIn, writeHeader } from "./redo_group.ts";

/** Groups of cycle 7 with these numbers, one behind the other, whose texts are the numbers. */
function groups(...numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * BLOCK);
  for (const [at, number] of numbers.entries()) {
    const group = bytes.subarray(at * BLOCK), { written } = new TextEncoder().encodeInto(`${number}`, textIn(group));
    writeHeader(group, written, { cycle: 7, number }, crc32);
  }
  return bytes;
}

Deno.test("redo groups: those of a cycle are found from its first on, in order, and none behind one that is missing", () => {
  const found = (bytes: Uint8Array, cycle = 7) => groupsIn(bytes, cycle, crc32).map(({ text }) => text);
  assertEquals(found(groups(0, 1, 2)), ["0", "1", "2"]);
  assertEquals(found(groups(0, 1, 3)), ["0", "1"]);
  assertEquals(found(groups(0, 0, 1)), ["0"]);
  assertEquals(found(groups(1, 2)), []);
  assertEquals(found(groups(0, 1), 8), []);
});
