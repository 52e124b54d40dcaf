import { assertGreater, assertLess } from "@std/assert";
import { hashOf } from "./id_hash.ts";

/** How many ids of each kind, with hashes of their own to be expected. */
const COUNT = 16_384;

const KINDS: Record<string, (at: number) => number> = {
  "by the run": (at) => 8 * at,
  "downwards from 0": (at) => -8 * at,
  "far apart": (at) => at * 2 ** 38,
  "that differ in their middle bits": (at) => at * 2 ** 25,
  // both halves change so that their sum, or what is or is not in both, stays as it is
  "whose halves add up to the same": (at) => at * 2 ** 32 + (2 ** 32 - 8 * at),
  "whose halves are alike": (at) => at * 2 ** 32 + 8 * at,
};

for (const [name, idOf] of Object.entries(KINDS)) {
  Deno.test(`hash of an id: ids ${name} are spread`, () => {
    const hashes = Array.from({ length: COUNT }, (_, at) => hashOf(idOf(at)));
    assertGreater(new Set(hashes).size, 0.99 * COUNT);
    for (const part of [(hash: number) => hash >>> 24, (hash: number) => hash & 255]) {
      const counts = new Uint32Array(256);
      for (const hash of hashes) counts[part(hash)]++;
      // 64 each, if all were alike
      assertLess(Math.max(...counts), 4 * 64);
    }
  });
}

Deno.test("hash of an id: ids for which a multiplier that is known takes away what an unknown number has added are spread", () => {
  const ids: number[] = [];
  for (let high = 0; ids.length < COUNT; high++) {
    const product = Math.imul(high, 0x85ebca6b) >>> 0;
    if (product < 2 ** 29) ids.push(high * 2 ** 32 + 8 * product);
  }
  assertGreater(new Set(ids.map(hashOf)).size, 0.99 * COUNT);
});
