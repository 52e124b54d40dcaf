import { alone, compare, type Figure, type Row } from "../figure.ts";
import { drip, hold, load, type LoadOptions, type LoadResult } from "../load.ts";
import { memoryOf } from "../memory.ts";
import { inTurn } from "../pairs.ts";
import { GOOD, REQUEST } from "../requests.ts";
import { startRecado, startRedis, type Target } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

const CROWD = 2000, SLOW = 1000, IDLE = 5000, FIRST_IDLE = 200;

/** Time for the engine to give back what it needed to open connections, in milliseconds. */
const SETTLE = 1000;

const WORST_WAIT: Row = {
  name: "crowd",
  work: "2,000 connections opened at once and kept busy",
  against: "Redis",
  async measure(workplace) {
    const connections = workplace.scaled(CROWD);
    const rounds = await inTurn(
      workplace.effort,
      async () => await crowd(workplace, await startRecado(workplace, { connections }), GOOD.recado, REQUEST.add),
      async () => await crowd(workplace, await startRedis(workplace, { connections }), GOOD.redis, REQUEST.set),
    );
    const of = (name: string, measure: (result: LoadResult) => number, about: Pick<Figure, "unit" | "goal">) =>
      compare(rounds.map((round) => round.map(measure)), { of: name, ...about });
    return [
      of("worst wait", ({ max }) => max / 1e6, { unit: "seconds", goal: { atMost: 2 } }),
      of("throughput", ({ answers, seconds }) => answers / seconds, { unit: "per second", goal: { atLeast: 0.7 } }),
    ];
  },
};

const IDLE_CONNECTION: Row = {
  name: "idle-connection",
  work: "memory of an idle connection that has been answered once",
  against: "–",
  async measure(workplace) {
    const rounds = await inTurn(workplace.effort, () => idleMemory(workplace));
    return [alone(rounds.flat(), { unit: "bytes", goal: { atMost: 10 * 1024 } })];
  },
};

const SLOW_CLIENTS: Row = {
  name: "slow-clients",
  work: "99 of 100 waits of one client beside 1,000 that send a byte a second",
  against: "–",
  async measure(workplace) {
    const rounds = await inTurn(workplace.effort, () => waitBesideSlow(workplace));
    return [alone(rounds.flat(), { unit: "seconds", goal: { atMost: 0.1 } })];
  },
};

/** Many connections. */
export const CROWD_ROWS: readonly Row[] = [WORST_WAIT, SLOW_CLIENTS, IDLE_CONNECTION];

async function crowd(workplace: Workplace, server: Target, good: string, template: string): Promise<LoadResult> {
  await using target = server;
  return await load({
    port: target.port,
    connections: workplace.scaled(CROWD),
    // the opening is a part of what is measured
    seconds: workplace.effort.seconds + workplace.effort.warmUp,
    atOnce: true,
    good,
    templates: [template],
  });
}

/** What each connection adds to the memory of a server that has had some before, in bytes. */
async function idleMemory(workplace: Workplace): Promise<number> {
  const connections = workplace.scaled(IDLE);
  await using recado = await startRecado(workplace, { connections });
  const options: LoadOptions = {
    port: recado.port,
    connections: FIRST_IDLE,
    seconds: 0,
    good: GOOD.recado,
    templates: [REQUEST.list],
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE / workplace.effort.divisor));
  {
    await using _first = await hold(options);
  }
  await settle();
  const { now: before } = await memoryOf(recado.pid);
  await using _idle = await hold({ ...options, connections });
  await settle();
  const { now: after } = await memoryOf(recado.pid);
  return (after - before) / connections;
}

/** The wait that 99 of 100 requests of a client do not exceed while others send theirs a byte a second, in seconds. */
async function waitBesideSlow(workplace: Workplace): Promise<number> {
  const connections = workplace.scaled(SLOW);
  await using recado = await startRecado(workplace, { connections });
  const options = { port: recado.port, ...workplace.effort, good: GOOD.recado };
  // they never finish, and are let go after ten seconds: later than all is measured
  await using _slow = await drip({ ...options, connections, templates: ['{"op":"m'] });
  const { p99 } = await load({ ...options, connections: 1, templates: [REQUEST.add] });
  return p99 / 1e6;
}
