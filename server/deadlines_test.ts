import { assertEquals } from "@std/assert";
import { Deadlines } from "./deadlines.ts";

/** Waits for the next time that it looks at the clock. */
function nextCheck(deadlines: Deadlines): Promise<void> {
  return new Promise((resolve) => {
    const timed = {
      deadline: -Infinity,
      expire() {
        deadlines.delete(timed);
        resolve();
      },
    };
    deadlines.add(timed);
  });
}

/** Watches over a deadline; how often it has expired. */
function watch(deadlines: Deadlines, milliseconds: number): { expired: number } {
  const timed = { deadline: deadlines.after(milliseconds), expired: 0, expire: () => void timed.expired++ };
  deadlines.add(timed);
  return timed;
}

Deno.test("deadlines: time in which the server was held up is not counted, but for two ticks", async () => {
  let time = 0;
  using deadlines = new Deadlines(40, () => time); // a tick is 10 ms
  const timed = watch(deadlines, 100);
  time += 100_000;
  await nextCheck(deadlines);
  assertEquals([deadlines.now, timed.expired], [20, 0]);
  while (deadlines.now < 110) {
    time += 10;
    await nextCheck(deadlines);
  }
  assertEquals(timed.expired, 0);
  time += 10;
  await nextCheck(deadlines);
  assertEquals([deadlines.now, timed.expired], [120, 1]);
});

Deno.test("deadlines: none is early, however long ago the last tick was when it was set", async () => {
  for (const late of [0, 15, 1000]) {
    let time = 0;
    using deadlines = new Deadlines(40, () => time);
    time += late;
    const timed = watch(deadlines, 100);
    for (let waited = 0; waited <= 130; waited += 10) {
      await nextCheck(deadlines);
      if (waited < 100) assertEquals(timed.expired, 0, `${waited} ms after it was set, ${late} ms late`);
      time += 10;
    }
    assertEquals(timed.expired > 0, true, `three ticks later, ${late} ms late`);
  }
});
