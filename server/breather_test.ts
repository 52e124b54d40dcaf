import { assert, assertEquals } from "@std/assert";
import { Breather } from "./breather.ts";

/** Keeps the event loop busy; returns when it began. */
function work(milliseconds: number): number {
  const begin = performance.now();
  while (performance.now() - begin < milliseconds);
  return begin;
}

Deno.test("breather: who keeps the loop busy waits for a rest with all others who do, and then goes on", async () => {
  let now = 1000;
  const breather = new Breather(() => now);
  const read = (milliseconds: number) => {
    const begin = now;
    now += milliseconds;
    return breather.next(begin);
  };
  assertEquals(read(30), undefined);
  const rest = read(30);
  assert(rest !== undefined);
  assertEquals(read(30), rest);
  await rest;
  assertEquals(read(30), undefined);
});

Deno.test("breather: a rest comes only when the loop turns with nobody at work", async () => {
  const breather = new Breather();
  breather.next(work(60));
  const rest = breather.next(performance.now())!;
  let turns = 0, isOver = false;
  rest.then(() => isOver = true);
  // one that is at work when the rest begins comes to it some turns later
  while (turns < 5) {
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(isOver, false);
    breather.next(work(10));
    turns++;
  }
  await rest;
});

Deno.test("breather: what comes now and then, and takes its time, waits for nothing", () => {
  let now = 1000;
  const breather = new Breather(() => now);
  for (let read = 0; read < 10; read++) {
    const begin = now += 15;
    now += 40;
    assertEquals(breather.next(begin), undefined);
  }
});
