import { assertEquals } from "@std/assert";
import { failing } from "../../tests/support/failing.ts";
import { IdTable } from "./id_table.ts";

Deno.test("table of ids: what was taken out can be put in again without memory, however much it was", async () => {
  for (const count of [31, 32, 33, 1000, 4096]) {
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
