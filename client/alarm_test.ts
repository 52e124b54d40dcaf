import { Alarm } from "./alarm.ts";

Deno.test("alarm: rings for the earliest deadline, also for one that has passed, and again when it is set again", async () => {
  let ring = () => {};
  const alarm = new Alarm(() => ring());
  for (const late of [1000, 0]) {
    const rung = new Promise<void>((resolve) => ring = resolve);
    alarm.set(Infinity);
    for (const deadline of [performance.now() + 3_600_000, performance.now() - late]) alarm.set(deadline);
    await rung;
  }
});
