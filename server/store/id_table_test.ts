import { assertEquals, assertLess } from "@std/assert";
import { failing } from "../../tests/support/failing.ts";
import { Random } from "../../tests/support/random.ts";
import { IdTable } from "./id_table.ts";

/** How many ids are hashed in the change that hashes most. */
function mostHashed(changes: Iterable<() => void>): number {
  const original = Math.imul;
  let products = 0, most = 0;
  Math.imul = (a, b) => {
    products++;
    return original(a, b);
  };
  try {
    for (const change of changes) {
      products = 0;
      change();
      most = Math.max(most, products / 3);
    }
  } finally {
    Math.imul = original;
  }
  return most;
}

Deno.test("table of ids: has what a map has, whatever is put in, taken out and given back", () => {
  const random = new Random(5), table = new IdTable(), map = new Map<number, number>();
  const anId = [
    () => random.below(3000),
    () => -random.below(3000),
    () => 8 * random.below(3000),
    () => random.below(2 ** 20) * 2 ** 33,
    () => Number.MAX_SAFE_INTEGER - random.below(3000),
    () => Number.MIN_SAFE_INTEGER + random.below(3000),
  ];
  for (const share of [0.9, 0.1, 0.7, 0.02, 0.6]) {
    for (let place = 0; place < 40_000; place++) {
      const id = random.pick(anId)();
      if (random.next() < share) {
        assertEquals(table.add(id, place), !map.has(id));
        if (!map.has(id)) map.set(id, place);
      } else {
        assertEquals(table.delete(id), map.get(id));
        map.delete(id);
      }
      if (place % 1000 === 0) table.shrink();
      assertEquals(table.size, map.size);
    }
  }
  for (const [id, place] of map) assertEquals(table.delete(id), place);
  assertEquals(table.size, 0);
});

Deno.test("table of ids: one that is emptied and filled again and again is as good as new, however large it was", () => {
  for (let most = 1; most <= 5000; most = Math.ceil(1.3 * most)) {
    const table = new IdTable();
    for (const count of [most, 100, 1, most, 40]) {
      for (let id = 0; id < count; id++) assertEquals(table.add(id, id), true);
      for (let id = 0; id < count; id++) {
        assertEquals(table.delete(id), id);
        table.shrink();
      }
      for (let id = 0; id < 200; id++) {
        assertEquals([table.add(id, 7), table.has(id), table.delete(id)], [true, true, 7]);
        table.shrink();
        assertEquals([table.has(id), table.size], [false, 0]);
      }
    }
  }
});

Deno.test("table of ids: no change moves more than some ids, while it grows and while it is emptied", () => {
  const table = new IdTable(), count = 200_000;
  function* changes(): Generator<() => void> {
    for (let id = 0; id < count; id++) yield () => assertEquals(table.add(3 * id, id), true);
    for (let id = 0; id < count; id++) {
      yield () => {
        assertEquals(table.delete(3 * id), id);
        table.shrink();
      };
    }
  }
  assertLess(mostHashed(changes()), 1000);
});

Deno.test("table of ids: an id for which there is no memory changes nothing", async () => {
  const table = new IdTable();
  for (let id = 0, refused = 0; refused < 10; id++) {
    await failing(globalThis, "Float64Array", () => {
      try {
        table.add(id, id);
      } catch {
        refused++;
      }
    });
    if (table.size === id) assertEquals(table.add(id, id), true);
    assertEquals(table.size, id + 1);
  }
  for (let id = 0, count = table.size; id < count; id++) assertEquals(table.delete(id), id);
});

Deno.test("table of ids: what was taken out can be put in again without memory, however much it was", async () => {
  for (const count of [31, 32, 33, 1000, 4096, 50_000]) {
    const table = new IdTable(), ids = Array.from({ length: count }, (_, at) => at * 7);
    for (const [place, id] of ids.entries()) table.add(id, place);
    for (const [place, id] of ids.entries()) assertEquals(table.delete(id), place);
    await failing(globalThis, "Float64Array", () => {
      for (const [place, id] of ids.entries()) assertEquals(table.add(id, place), true);
    });
    assertEquals(ids.map((id) => table.delete(id)), ids.map((_, place) => place));
  }
});

Deno.test("table of ids: it gives room back, if there is memory for less, and keeps what is in it", async () => {
  const table = new IdTable(), ids = Array.from({ length: 1000 }, (_, at) => at);
  for (const id of ids) table.add(id, id);
  for (const id of ids.slice(10)) table.delete(id);
  await failing(globalThis, "Float64Array", () => table.shrink());
  table.shrink();
  // with the smaller room, more than half full, room must be made again
  let refused = 0;
  await failing(globalThis, "Float64Array", () => {
    for (const id of ids.slice(10)) {
      try {
        table.add(id, id);
      } catch {
        refused++;
      }
    }
  });
  assertEquals(refused > 0, true);
  for (const id of ids.slice(0, 10)) assertEquals(table.delete(id), id);
});
