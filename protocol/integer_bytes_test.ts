import { assertEquals } from "@std/assert";
import { MOST_INTEGER_BYTES, writeInteger } from "./integer_bytes.ts";

/** Around what begins a further digit, and what is no small integer of the engine's any more. */
const TURNS = [
  0,
  1,
  2 ** 30,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  ...Array.from({ length: 15 }, (_, digits) => 10 ** (digits + 1)),
];

function written(integer: number): string {
  const bytes = new Uint8Array(MOST_INTEGER_BYTES + 2);
  const end = writeInteger(bytes, 1, integer);
  assertEquals(
    [bytes[0], ...bytes.subarray(end)],
    Array(MOST_INTEGER_BYTES + 2 - (end - 1)).fill(0),
    "nothing else is written",
  );
  return new TextDecoder().decode(bytes.subarray(1, end));
}

for (const turn of TURNS) {
  Deno.test(`an integer is written as the engine writes it: about ${turn}`, () => {
    for (const integer of [turn - 1, turn, turn + 1].filter(Number.isSafeInteger)) {
      assertEquals(written(integer), `${integer}`);
      assertEquals(written(-integer), `${-integer}`);
    }
  });
}

Deno.test("an integer is written as the engine writes it: any", () => {
  for (let bits = 1; bits <= 53; bits++) {
    for (let round = 0; round < 200; round++) {
      const integer = Math.floor(Math.random() * 2 ** bits);
      assertEquals(written(integer), `${integer}`);
      assertEquals(written(-integer), `${-integer}`);
    }
  }
});
