import { assertEquals, assertLess } from "@std/assert";
import { type Turn, Turnstile } from "./turnstile.ts";

/** More than may be busy before connections take turns. */
const CROWD = 120;

/** Some connections that are open, all of them answered at once: how many wait, and how many of those have been let through. */
class Crowd {
  readonly turnstile = new Turnstile();
  readonly turns: Turn[];
  waiting = 0;
  released = 0;

  /** @param open how many are open; 120 of them are busy */
  constructor(open: number) {
    for (let at = 0; at < open; at++) this.turnstile.opened();
    this.turns = Array.from({ length: CROWD }, () => ({ window: 0 }));
    for (const turn of this.turns) this.#pass(turn);
  }

  #pass(turn: Turn): void {
    const waits = this.turnstile.pass(turn, 60, 1);
    if (waits === undefined) return;
    this.waiting++;
    waits.then(() => this.released++);
  }
}

/** As a connection is read and answered in each turn of the event loop: until a condition holds, or ten seconds are over. */
async function everyTurn(step: () => void, isOver: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isOver() && performance.now() < end) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    step();
  }
}

Deno.test("turnstile: those who wait are let through once nothing comes any more", async () => {
  const crowd = new Crowd(1_000_000);
  assertEquals(crowd.waiting, 20);
  await everyTurn(() => {}, () => crowd.released === 20);
  assertEquals(crowd.released, 20);
});

Deno.test("turnstile: those who wait are let through when few are busy, however busy these are", async () => {
  // so many that these few are not read as often as connections are open
  const crowd = new Crowd(1_000_000), { turnstile, turns } = crowd;
  let passed = 0;
  await everyTurn(() => {
    turnstile.arrived();
    if (turnstile.pass(turns[passed % 20], 60, 1) === undefined) passed++;
  }, () => passed > 0 && crowd.released === 20);
  assertEquals(crowd.released, 20);
});

Deno.test("turnstile: one that never rests waits for no more than some turns, of however many others some come now and then", async () => {
  const crowd = new Crowd(1_000_000), { turnstile } = crowd, busy = { window: 0 };
  let turns = 0, rounds = 0, since = 0, longest = 0, waits = false;
  await everyTurn(() => {
    if (!waits) {
      longest = Math.max(longest, turns - since);
      since = turns;
      rounds++;
      turnstile.arrived();
      const turn = turnstile.pass(busy, 60, 1);
      waits = turn !== undefined;
      turn?.then(() => waits = false);
    }
    if (turns++ % 5 > 0) return;
    // all have been answered a short time ago, so each counts as busy
    turnstile.arrived();
    turnstile.pass(crowd.turns[turns % CROWD], 60, 1);
  }, () => turns === 3000);
  // sixty-four turns show that nothing was put off of those who had begun
  assertLess(longest, 150);
  assertLess(500, rounds);
});

Deno.test("turnstile: new connections that come without end do not keep out those who wait", async () => {
  const crowd = new Crowd(CROWD), { turnstile } = crowd;
  let reads = 0;
  await everyTurn(() => {
    turnstile.opened();
    for (let at = 0; at < 2; at++) turnstile.arrived();
    turnstile.closed();
    reads += 2;
  }, () => crowd.released === 20);
  assertEquals(crowd.released, 20);
  assertLess(reads, 2 * CROWD);
});

Deno.test("turnstile: few that send much take turns, and as few that send little do not", () => {
  const waiting = (connections: number, bytes: number, batches = 1) => {
    const turnstile = new Turnstile(), turns = Array.from({ length: connections }, () => ({ window: 0 }));
    for (const _ of turns) turnstile.opened();
    return turns.filter((turn) => turnstile.pass(turn, bytes, batches) !== undefined).length;
  };
  assertEquals(waiting(30, 65_536), 10);
  assertEquals(waiting(20, 65_536), 0);
  assertEquals(waiting(100, 16_000), 0);
  assertEquals(waiting(101, 60), 1);
  // small requests, of which a read has many
  assertEquals(waiting(30, 2048, 4), 5);
  assertEquals(waiting(25, 2048, 4), 0);
});
