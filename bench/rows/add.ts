import { compare, type Row } from "../figure.ts";
import { load, type LoadOptions } from "../load.ts";
import { inRounds, inSlices, type Slice, type Work } from "../pairs.ts";
import { GOOD, REQUEST } from "../requests.ts";
import { startRecado, startRedis, startResponder, type Target } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

/** How messages are added. */
export interface Adding {
  durable: boolean;
  connections: number;
  depth: number;
}

/** As many bytes as Recado answers `adicionar` with. */
const ANSWER_LENGTH = '{"status": 201, "message": "Mensagem criada", "data": ""}\n'.length;

/** Between the first ids of two slices: more than are added in one. */
const IDS_OF_A_SLICE = 100_000_000;

/** A server, and how a message is added to it. */
interface Adder {
  start: (workplace: Workplace, adding: Adding) => Promise<Target>;
  requests: Pick<LoadOptions, "good" | "templates">;
}

const RECADO_ADDS = { good: GOOD.recado, templates: [REQUEST.add] };

/** Recado. */
export const RECADO: Adder = { start: startRecado, requests: RECADO_ADDS };
/** Redis, in which a value is set. */
export const REDIS: Adder = { start: startRedis, requests: { good: GOOD.redis, templates: [REQUEST.set] } };
const RESPONDER: Adder = {
  start: (workplace, adding) => startResponder(workplace, ANSWER_LENGTH, adding),
  requests: RECADO_ADDS,
};

/**
 * Messages added a second, by each, for each round. Servers are new in each: what one leaves in memory must not weigh on the next.
 *
 * @param workplace how much is measured
 * @param adding how
 * @param adders to what
 */
export async function addingRates(workplace: Workplace, adding: Adding, ...adders: Adder[]): Promise<number[][]> {
  const { effort } = workplace, { connections, depth } = adding;
  return await inRounds(effort, async () => {
    await using servers = new AsyncDisposableStack();
    const loads: ((slice: Slice) => Promise<Work>)[] = [];
    for (const { start, requests } of adders) {
      const { port } = servers.use(await start(workplace, adding));
      loads.push(async ({ number, ...length }) => {
        const firstId = 1_000_000_000 + number * IDS_OF_A_SLICE;
        const { answers, seconds } = await load({ port, connections, depth, firstId, ...length, ...requests });
        return { amount: answers, seconds };
      });
    }
    return await inSlices(effort, ...loads);
  });
}

function addRow(name: string, work: string, against: string, adding: Adding, atLeast: number): Row {
  return {
    name,
    work: `\`adicionar\`, ${work}`,
    against,
    async measure(workplace) {
      const rounds = await addingRates(workplace, adding, RECADO, REDIS);
      return [compare(rounds, { unit: "per second", goal: { atLeast } })];
    },
  };
}

const MEMORY_PEER = "Redis `SET` inline, no AOF", DISK_PEER = "Redis, `appendfsync always`, same disk";
const ONE_BY_ONE: Adding = { durable: false, connections: 50, depth: 1 };

/** The limit of what Deno allows: what is left of it is what Recado itself costs. */
function ceilingRow(name: string, work: string, against: string, adding: Adding): Row {
  return {
    name,
    work,
    against,
    async measure(workplace) {
      const rounds = await addingRates(workplace, adding, RESPONDER, REDIS, RECADO);
      return [
        compare(rounds, { unit: "per second" }),
        compare(rounds.map(([responder, , recado]) => [recado, responder]), {
          of: "Recado against that responder",
          unit: "per second",
        }),
      ];
    },
  };
}

/** Messages added, against Redis. */
export const ADD_ROWS: readonly Row[] = [
  addRow("add-memory", "memory store, 50 connections, one at a time", MEMORY_PEER, ONE_BY_ONE, 0.9),
  ceilingRow(
    "add-memory-ceiling",
    "a responder that only counts newlines, 50 connections, one at a time",
    MEMORY_PEER,
    ONE_BY_ONE,
  ),
  addRow(
    "add-memory-deep",
    "memory store, 50 connections, 16 deep",
    MEMORY_PEER,
    { ...ONE_BY_ONE, depth: 16 },
    1.5,
  ),
  addRow(
    "add-sqlite",
    "SQLite, 50 connections, one at a time",
    DISK_PEER,
    { ...ONE_BY_ONE, durable: true },
    1.2,
  ),
  ceilingRow(
    "add-sqlite-ceiling",
    "the same responder, which makes what it reads durable by one write, and keeps nothing",
    DISK_PEER,
    { ...ONE_BY_ONE, durable: true },
  ),
  addRow(
    "add-sqlite-deep",
    "SQLite, 50 connections, 16 deep",
    DISK_PEER,
    { durable: true, connections: 50, depth: 16 },
    1.2,
  ),
  addRow(
    "add-sqlite-alone",
    "SQLite, one connection, one at a time",
    DISK_PEER,
    { durable: true, connections: 1, depth: 1 },
    1.0,
  ),
];
