import { assert, assertEquals, assertLess } from "@std/assert";
import { type Turn, Turnstile } from "./turnstile.ts";

/** So many may be busy before connections take turns. */
const BUSY = 100;

/** More open connections than are ever read in a test, so that a round is not over because so much was read. */
const MANY = 1_000_000;

/** Some connections that are open and busy: how many wait, and how many of those have been let through. The clock stands still but for the test. */
class Crowd {
  now = 0;
  readonly turnstile = new Turnstile(() => this.now);
  readonly turns: Turn[];
  waiting = 0;
  released = 0;

  /** @param open how many are open; `busy` of them have been answered, all at once */
  constructor(open: number, busy: number) {
    for (let at = 0; at < open; at++) this.turnstile.opened();
    this.turns = turnsOf(busy);
    this.answered();
  }

  /** Those who are busy have been answered: they wait, or do not. */
  answered(bytes = 60, batches = 1): void {
    this.waiting = this.released = 0;
    for (const turn of this.turns) {
      const wait = this.turnstile.pass(turn, bytes, batches);
      if (wait === undefined) continue;
      this.waiting++;
      wait.then(() => this.released++);
    }
  }

  /** Each turn of the event loop runs a step, until all who wait have been let through: in how many turns that was. */
  async turnsUntilReleased(step: (turn: number) => void = () => {}): Promise<number> {
    let turns = 0;
    for (; this.released < this.waiting; turns++) {
      assert(turns < 2000, `${this.released} of ${this.waiting} after ${turns} turns`);
      step(turns);
      await nextTurn();
    }
    return turns;
  }
}

function turnsOf(connections: number): Turn[] {
  return Array.from({ length: connections }, () => ({ window: 0 }));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A crowd of which that many have been let through in one round, and all wait now. */
async function afterRound(size: number, open = MANY): Promise<Crowd> {
  const crowd = new Crowd(open, BUSY + size);
  assertEquals(crowd.waiting, size);
  await crowd.turnsUntilReleased();
  crowd.answered();
  assertEquals(crowd.waiting, BUSY + size);
  return crowd;
}

Deno.test("turnstile: those who wait are let through once nothing has come for some turns, sixty of them a turn", async () => {
  const crowd = await afterRound(30), { turnstile } = crowd, seen: number[] = [];
  const turns = await crowd.turnsUntilReleased((turn) => {
    // who is new is one that comes, too
    if (turn < 10) {
      for (let at = 0; at < 61; at++) turn % 2 === 0 ? turnstile.arrived() : turnstile.opened();
    }
    if (crowd.released > (seen.at(-1) ?? 0)) seen.push(crowd.released);
  });
  assertEquals(seen, [60, 120]);
  assertEquals(turns, 10 + 64 + 2);
});

Deno.test("turnstile: of those who have sent much fewer are let through in a turn", async () => {
  const crowd = new Crowd(MANY, 0), seen: number[] = [];
  crowd.turns.push(...turnsOf(50));
  crowd.answered(65_536);
  assertEquals(crowd.waiting, 30);
  await crowd.turnsUntilReleased(() => {
    if (crowd.released > (seen.at(-1) ?? 0)) seen.push(crowd.released);
  });
  assertEquals(seen, [12, 24]);
});

Deno.test("turnstile: while some come now and then a round is over after some turns, and after more of them when it was large", async () => {
  for (const [size, turns] of [[21, 64], [120, 64], [121, 256]]) {
    const crowd = await afterRound(size);
    const all = await crowd.turnsUntilReleased((turn) => {
      if (turn % 5 === 0) crowd.turnstile.arrived();
    });
    assertEquals([size, all], [size, turns + Math.ceil((BUSY + size) / 60) - 1]);
  }
});

Deno.test("turnstile: how long a round takes does not depend on the one before", async () => {
  const crowd = await afterRound(130), times: number[] = [];
  for (const doSomeCome of [false, true, true, false, false]) {
    const turns = await crowd.turnsUntilReleased((turn) => {
      if (doSomeCome && turn % 5 === 1) crowd.turnstile.arrived();
    });
    times.push(turns);
    crowd.answered();
  }
  await crowd.turnsUntilReleased();
  assertEquals(times, [67, 259, 259, 67, 67]);
});

Deno.test("turnstile: after a round of few those who wait are let through once few come, but not while many do", async () => {
  const crowd = await afterRound(20), { turnstile } = crowd;
  const turns = await crowd.turnsUntilReleased((turn) => {
    for (let at = turn < 100 ? 21 : 20; at > 0; at--) turnstile.arrived();
  });
  assertEquals(turns, 100 + 2);
});

Deno.test("turnstile: a round goes on while more come than a turn's worth in some turns, and is over some turns after the last of them", async () => {
  const crowd = await afterRound(100), { turnstile } = crowd;
  const turns = await crowd.turnsUntilReleased((turn) => {
    // with one a turn more than sixty have come before sixty-four turns are over
    if (turn < 183 || turn % 5 === 0) turnstile.arrived();
  });
  assertEquals(turns, 183 + 64 + 3);
});

Deno.test("turnstile: those who wait are let through when few are busy, however busy these are", async () => {
  const crowd = await afterRound(100), { turnstile } = crowd, [few] = turnsOf(1);
  let passed = 0;
  await crowd.turnsUntilReleased(() => {
    crowd.now += 10;
    for (let at = 0; at < 61; at++) turnstile.arrived();
    if (turnstile.pass(few, 60, 1) === undefined) passed++;
  });
  assert(passed > 0);
});

Deno.test("turnstile: one that never rests waits for no more than some turns, of however many others some come now and then", async () => {
  const crowd = new Crowd(MANY, BUSY + 20), { turnstile } = crowd, [busy] = turnsOf(1);
  let since = 0, rounds = 0, longest = 0, waits = false;
  for (let turn = 0; turn < 3000; turn++) {
    if (!waits) {
      longest = Math.max(longest, turn - since);
      since = turn;
      rounds++;
      turnstile.arrived();
      const wait = turnstile.pass(busy, 60, 1);
      waits = wait !== undefined;
      wait?.then(() => waits = false);
    }
    if (turn % 5 === 0) {
      turnstile.arrived();
      turnstile.pass(crowd.turns[turn % crowd.turns.length], 60, 1);
    }
    // each of the crowd has been answered a short time ago, so it counts as busy
    crowd.now += 0.02;
    await nextTurn();
  }
  // sixty-four turns show that nothing was put off of those who had begun
  assertLess(longest, 150);
  assertLess(500, rounds);
});

Deno.test("turnstile: new connections that come without end do not keep out those who wait", async () => {
  const crowd = await afterRound(100, BUSY + 100), { turnstile } = crowd;
  for (let round = 0; round < 2; round++) {
    let reads = 0;
    await crowd.turnsUntilReleased(() => {
      turnstile.opened();
      for (let at = 0; at < 2; at++) turnstile.arrived();
      turnstile.closed();
      reads += 2;
    });
    // as many as are open, and those of the turns in which they are let through
    assert(reads > BUSY + 100 && reads < BUSY + 120, `${reads}`);
    crowd.answered();
  }
  await crowd.turnsUntilReleased();
});

Deno.test("turnstile: few that send much take turns, and as few that send little do not", () => {
  const waiting = (connections: number, bytes: number, batches = 1) => {
    const crowd = new Crowd(connections, 0);
    crowd.turns.push(...turnsOf(connections));
    crowd.answered(bytes, batches);
    return crowd.waiting;
  };
  assertEquals(waiting(30, 65_536), 10);
  assertEquals(waiting(20, 65_536), 0);
  assertEquals(waiting(100, 16_000), 0);
  assertEquals(waiting(101, 60), 1);
  // small requests, of which a read has many
  assertEquals(waiting(30, 2048, 4), 5);
  assertEquals(waiting(25, 2048, 4), 0);

  const crowd = new Crowd(BUSY, 0);
  crowd.turns.push(...turnsOf(BUSY));
  crowd.answered(65_536);
  assertEquals(crowd.waiting, BUSY - 20);
  assertEquals(crowd.turnstile.pass({ window: 0 }, 60, 1), undefined);
});

/** Whether one more has to wait, some time after that many were busy at once. */
function waitsAfter(milliseconds: number, busy: number): boolean {
  const crowd = new Crowd(MANY, busy);
  crowd.now = milliseconds;
  return crowd.turnstile.pass({ window: 0 }, 60, 1) !== undefined;
}

Deno.test("turnstile: who was busy counts for as long as a window, and in the one after it", () => {
  assertEquals([0, 49, 50, 99, 100, 1000].map((time) => waitsAfter(time, BUSY)), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  assertEquals([0, 49, 50, 99, 100, 1000].map((time) => waitsAfter(time, BUSY + 1)), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("turnstile: who is answered again and again in a window is busy once", () => {
  const crowd = new Crowd(MANY, BUSY);
  crowd.answered();
  assertEquals(crowd.waiting, 0);
});

Deno.test("turnstile: the window is longer with each that has sent much, but not for ever", () => {
  const crowd = new Crowd(MANY, 0), { turnstile } = crowd, turns = turnsOf(20);
  for (const turn of turns) {
    assertEquals(turnstile.pass(turn, 65_536, 1), undefined);
    crowd.now += 20;
  }
  // fifty milliseconds, and twenty for each
  crowd.now = 449;
  assert(turnstile.pass({ window: 0 }, 60, 1) !== undefined);

  const waitsAfter = (milliseconds: number) => {
    const crowd = new Crowd(MANY, 0), [much] = turnsOf(1);
    for (let times = 0; times < 20; times++) assertEquals(crowd.turnstile.pass(much, 60, BUSY), undefined);
    crowd.now = milliseconds;
    return crowd.turnstile.pass({ window: 0 }, 60, 1) !== undefined;
  };
  assertEquals([2999, 3000].map(waitsAfter), [true, false]);
});
