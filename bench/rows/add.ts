import { compare, type Row } from "../figure.ts";
import { load, type LoadOptions } from "../load.ts";
import { inTurn } from "../pairs.ts";
import { GOOD, REQUEST } from "../requests.ts";
import { startRecado, startRedis, startResponder, type Target } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

/** How messages are added. */
export interface Adding {
  durable: boolean;
  connections: number;
  depth: number;
}

const RECADO_ADDS = { good: GOOD.recado, templates: [REQUEST.add] };
const REDIS_SETS = { good: GOOD.redis, templates: [REQUEST.set] };

/** As many bytes as Recado answers `adicionar` with. */
const ANSWER_LENGTH = '{"status": 201, "message": "Mensagem criada", "data": ""}\n'.length;

/** Messages added a second by Recado. */
export async function recadoAdds(workplace: Workplace, adding: Adding): Promise<number> {
  return await rate(workplace, adding, await startRecado(workplace, adding), RECADO_ADDS);
}

/** Values set a second by Redis. */
export async function redisSets(workplace: Workplace, adding: Adding): Promise<number> {
  return await rate(workplace, adding, await startRedis(workplace, adding), REDIS_SETS);
}

async function responderAnswers(workplace: Workplace, adding: Adding): Promise<number> {
  return await rate(workplace, adding, await startResponder(workplace, ANSWER_LENGTH, adding), RECADO_ADDS);
}

/** A server is new for each measurement: what one leaves in memory must not weigh on the next. */
async function rate(
  { effort }: Workplace,
  { connections, depth }: Adding,
  server: Target,
  requests: Pick<LoadOptions, "good" | "templates">,
): Promise<number> {
  await using target = server;
  const { port } = target;
  const { answers, seconds } = await load({ port, connections, depth, ...effort, ...requests });
  return answers / seconds;
}

function addRow(name: string, work: string, against: string, adding: Adding, atLeast: number): Row {
  return {
    name,
    work: `\`adicionar\`, ${work}`,
    against,
    async measure(workplace) {
      const rounds = await inTurn(
        workplace.effort,
        () => recadoAdds(workplace, adding),
        () => redisSets(workplace, adding),
      );
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
      const rounds = await inTurn(
        workplace.effort,
        () => responderAnswers(workplace, adding),
        () => redisSets(workplace, adding),
        () => recadoAdds(workplace, adding),
      );
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
