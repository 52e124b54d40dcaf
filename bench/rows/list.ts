import { ask, fillBoard } from "../board.ts";
import { compare, type Row } from "../figure.ts";
import { load } from "../load.ts";
import { inRounds, inSlices, type Slice, type Work } from "../pairs.ts";
import { GOOD, REQUEST } from "../requests.ts";
import { startRecado, startResponder, type Target, type TargetOptions } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

const BOARD = 10_000, LARGE_BOARD = 110_000, READERS = 8, WRITERS = 50;
const CHANGE = [REQUEST.deleteDrawn, REQUEST.addDrawn];
/** Nine changes, then a listing: twice, for changes come in pairs. */
const NINE_CHANGES_A_LISTING = [
  ...[...CHANGE, ...CHANGE, ...CHANGE, ...CHANGE, REQUEST.deleteDrawn, REQUEST.list],
  ...[REQUEST.addDrawn, ...CHANGE, ...CHANGE, ...CHANGE, ...CHANGE, REQUEST.list],
];
const SHARE_OF_LISTINGS = 0.1;

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

const LISTING_AMID_CHANGES: Row = {
  name: "list-amid-changes",
  work: "`mostrar` while others add and delete (90 % changes) on a board of 10,000, 8 connections",
  against: "`mostrar` of a board at rest",
  async measure(workplace) {
    const size = workplace.scaled(BOARD);
    await using recado = await startBoard(workplace, size);
    const rounds = await inRounds(
      workplace.effort,
      () =>
        inSlices(
          workplace.effort,
          (slice) => answered(recado, READERS, NINE_CHANGES_A_LISTING, size, slice),
          (slice) => answered(recado, READERS, [REQUEST.list], size, slice),
        ),
    );
    const listings = rounds.map(([amid, atRest]) => [SHARE_OF_LISTINGS * amid, atRest]);
    return [compare(listings, { unit: "per second", goal: { atLeast: 0.5 } })];
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
export const LIST_ROWS: readonly Row[] = [LISTING, LISTING_AMID_CHANGES, LARGER_BOARD];

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

async function answered(
  { port }: Target,
  connections: number,
  templates: readonly string[],
  ids: number,
  { number, ...length }: Slice,
): Promise<Work> {
  // other ids are drawn in each
  const firstId = 1_000_000_000 + number;
  const { answers, seconds } = await load({ port, connections, ids, firstId, ...length, good: GOOD.recado, templates });
  return { amount: answers, seconds };
}
