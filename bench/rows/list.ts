import { ask, fillBoard } from "../board.ts";
import { compare, type Goal, type Row } from "../figure.ts";
import { load } from "../load.ts";
import { inRounds, inSlices, type Slice, type Work } from "../pairs.ts";
import { GOOD, REQUEST } from "../requests.ts";
import { startBoardResponder, startRecado, startResponder, type Target, type TargetOptions } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

const BOARD = 10_000, LARGE_BOARD = 110_000, READERS = 8, OTHERS = 72, WRITERS = 50;
const CHANGE = [REQUEST.deleteDrawn, REQUEST.addDrawn];
const CHANGES_A_LISTING = OTHERS / READERS;
/** Nine changes, then a listing: twice, for changes come in pairs. */
const CHANGES_THEN_LISTING = [
  ...[...CHANGE, ...CHANGE, ...CHANGE, ...CHANGE, REQUEST.deleteDrawn, REQUEST.list],
  ...[REQUEST.addDrawn, ...CHANGE, ...CHANGE, ...CHANGE, ...CHANGE, REQUEST.list],
];

const LISTING: Row = {
  name: "list",
  work: "`mostrar` of 10,000 messages, 8 connections, bytes a second",
  against: "a Deno program that writes as many constant bytes",
  async measure(workplace) {
    await using recado = await startBoard(workplace, workplace.scaled(BOARD));
    await using responder = await startResponder(workplace, await ask(recado.port, REQUEST.list));
    const rounds = await inRounds(
      workplace.effort,
      () =>
        inSlices(
          workplace.effort,
          (slice) => bytesListed(recado, slice),
          (slice) => bytesListed(responder, slice),
        ),
    );
    return [compare(rounds, { unit: "bytes per second", goal: { atLeast: 0.85 } })];
  },
};

const LISTING_AMID_CHANGES = comparedWithRest(
  {
    name: "list-amid-changes",
    work: "`mostrar` by 8 connections while 72 others add and delete (90 % changes) on a board of 10,000",
  },
  listedAmid,
  { atLeast: 0.5 },
);

const LISTING_AFTER_CHANGES = comparedWithRest(
  {
    name: "list-after-changes",
    work: "`mostrar` by 8 connections, each after nine changes of its own, on a board of 10,000",
  },
  changedThenListed,
);

/** The limit of what Deno and the system allow: what is left of it is what the changes and the upkeep of the listing cost Recado. */
const LISTING_AMID_CHANGES_CEILING: Row = {
  name: "list-amid-changes-ceiling",
  work: "a responder that keeps nothing: a constant listing amid constant answers to changes, 8 connections and 72",
  against: "the constant listing alone",
  async measure(workplace) {
    const size = workplace.scaled(BOARD);
    await using recado = await startBoard(workplace, size);
    await using responder = await startBoardResponder(await ask(recado.port, REQUEST.list));
    const rounds = await inRounds(
      workplace.effort,
      () =>
        inSlices(
          workplace.effort,
          (slice) => listedAmid(responder, size, slice),
          (slice) => listed(responder, slice),
          (slice) => listedAmid(recado, size, slice),
        ),
    );
    return [
      compare(rounds, { unit: "per second" }),
      compare(rounds.map(([responder, , recado]) => [recado, responder]), {
        of: "Recado amid changes against that responder",
        unit: "per second",
      }),
    ];
  },
};

const LARGER_BOARD: Row = {
  name: "change-large-board",
  work: "time of `adicionar`+`deletar` on a board of 110,000, 50 connections",
  against: "on a board of 10,000",
  async measure(workplace) {
    const figures = [];
    for (const durable of [false, true]) {
      const sizes = [workplace.scaled(LARGE_BOARD), workplace.scaled(BOARD)];
      await using large = await startBoard(workplace, sizes[0], { durable });
      await using small = await startBoard(workplace, sizes[1], { durable });
      const rounds = await inRounds(
        { ...workplace.effort, rowBound: workplace.effort.rowBound / 2 },
        () =>
          inSlices(
            workplace.effort,
            (slice) => answered(large, WRITERS, CHANGE, sizes[0], slice),
            (slice) => answered(small, WRITERS, CHANGE, sizes[1], slice),
          ),
      );
      figures.push(
        compare(rounds.map((rates) => rates.map((rate) => CHANGE.length / rate)), {
          of: durable ? "SQLite" : "memory store",
          unit: "seconds",
          goal: { atMost: 1.2 },
        }),
      );
    }
    return figures;
  },
};

/** Large answers, and boards that are large or change. */
export const LIST_ROWS: readonly Row[] = [
  LISTING,
  LISTING_AMID_CHANGES,
  LISTING_AMID_CHANGES_CEILING,
  LISTING_AFTER_CHANGES,
  LARGER_BOARD,
];

function comparedWithRest(
  about: Pick<Row, "name" | "work">,
  measure: (target: Target, ids: number, slice: Slice) => Promise<Work>,
  goal?: Goal,
): Row {
  return {
    ...about,
    against: "`mostrar` of a board at rest",
    async measure(workplace) {
      const size = workplace.scaled(BOARD);
      await using recado = await startBoard(workplace, size);
      const rounds = await inRounds(
        workplace.effort,
        () => inSlices(workplace.effort, (slice) => measure(recado, size, slice), (slice) => listed(recado, slice)),
      );
      return [compare(rounds, { unit: "per second", goal })];
    },
  };
}

/** A board with messages on it that has been listed once: what is kept for the next listing has to be kept up from then on. */
async function startBoard(workplace: Workplace, size: number, options: TargetOptions = {}): Promise<Target> {
  const recado = await startRecado(workplace, options);
  try {
    await fillBoard(recado.port, size);
    await ask(recado.port, REQUEST.list);
    return recado;
  } catch (error) {
    await recado[Symbol.asyncDispose]();
    throw error;
  }
}

async function bytesListed({ port }: Target, { number: _, ...length }: Slice): Promise<Work> {
  const { bytes, seconds } = await load({
    port,
    connections: READERS,
    ...length,
    good: GOOD.recado,
    templates: [REQUEST.list],
  });
  return { amount: bytes, seconds };
}

async function listed(target: Target, slice: Slice): Promise<Work> {
  return await answered(target, READERS, [REQUEST.list], 1, slice);
}

/** How many listings there were amid nine changes each. */
async function listedAmid({ port }: Target, ids: number, { number, ...length }: Slice): Promise<Work> {
  const { answers, readAnswers, seconds } = await load({
    port,
    connections: READERS + OTHERS,
    readers: READERS,
    ids,
    firstId: firstIdOf(number),
    ...length,
    good: GOOD.recado,
    templates: [...CHANGE, REQUEST.list],
  });
  return { amount: Math.min(readAnswers, (answers - readAnswers) / CHANGES_A_LISTING), seconds };
}

async function changedThenListed(target: Target, ids: number, slice: Slice): Promise<Work> {
  const { amount, seconds } = await answered(target, READERS, CHANGES_THEN_LISTING, ids, slice);
  return { amount: amount / (CHANGES_A_LISTING + 1), seconds };
}

async function answered(
  { port }: Target,
  connections: number,
  templates: readonly string[],
  ids: number,
  { number, ...length }: Slice,
): Promise<Work> {
  const firstId = firstIdOf(number);
  const { answers, seconds } = await load({ port, connections, ids, firstId, ...length, good: GOOD.recado, templates });
  return { amount: answers, seconds };
}

/** Other ids are drawn in each slice. */
function firstIdOf(slice: number): number {
  return 1_000_000_000 + slice;
}
