import { assert, assertEquals } from "@std/assert";
import { Breather } from "./breather.ts";

/** A breather whose clock stands still between two pieces of work, and one that has been at work for too long. */
function busy(): { work(milliseconds: number): Promise<void> | undefined } {
  let now = 1000;
  const breather = new Breather(() => now);
  const work = (milliseconds: number) => {
    now += milliseconds;
    return breather.next();
  };
  work(0);
  return { work };
}

Deno.test("breather: who goes on for too long waits for a rest, and then goes on", async () => {
  const { work } = busy();
  assertEquals([work(30), work(20)], [undefined, undefined]);
  const rest = work(1);
  assert(rest !== undefined);
  await rest;
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(work(50), undefined);
});

Deno.test("breather: after a rest all go on in the order in which they came, one a turn, with a rest whenever it has been too long", async () => {
  const { work } = busy(), over: number[] = [];
  const rests = Array.from({ length: 6 }, async (_, client) => {
    await work(client === 0 ? 51 : 0);
    over.push(client);
    // the last three come back after the fourth is gone: the next rest is theirs
    if (client === 3) work(51);
  });
  const seen: number[] = [];
  while (over.length < rests.length) {
    const { length } = over;
    await new Promise((resolve) => setImmediate(resolve));
    if (over.length > length) seen.push(over.length - length);
  }
  await Promise.all(rests);
  assertEquals(over, [0, 1, 2, 3, 4, 5]);
  assertEquals(seen, [1, 1, 1, 1, 1, 1]);
});

Deno.test("breather: a rest goes on while others come who are at work", async () => {
  const { work } = busy();
  let isOver = false;
  const rest = work(51)!.then(() => isOver = true);
  for (let client = 0; client < 5; client++) {
    work(0);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(isOver, false);
  }
  await rest;
});

Deno.test("breather: a loop in which every timer is late has rested no more after the first, but is not waited for without end", async () => {
  let now = 1000, timers = 0;
  const breather = new Breather(() => now += 51);
  assertEquals(breather.next(), undefined);
  let isOver = false;
  breather.next()!.then(() => isOver = true);
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    timers++;
  }
  assert(timers > 2, `${timers}`);
});

Deno.test("breather: what comes now and then, and takes its time, waits for nothing", () => {
  const { work } = busy();
  for (let piece = 0; piece < 10; piece++) assertEquals(work(101), undefined);
});

Deno.test("breather: those who wait have a rest between them when each has been at work for too long", async () => {
  let now = 1000, hasRested = false;
  const breather = new Breather(() => now), work = () => now += 51;
  assertEquals(breather.next(), undefined);
  work();
  const seen: boolean[] = [];
  await Promise.all(Array.from({ length: 4 }, async () => {
    await breather.next();
    seen.push(hasRested);
    hasRested = false;
    // the timer of a rest that begins now comes behind this one
    setTimeout(() => hasRested = true, 0);
    work();
  }));
  assertEquals(seen.slice(1), [true, true, true]);
  while (!hasRested) await new Promise((resolve) => setTimeout(resolve, 0));
});
