import { ask, fillBoard } from "../board.ts";
import { alone, compare, type Row } from "../figure.ts";
import { memoryOf } from "../memory.ts";
import { inTurn } from "../pairs.ts";
import { REQUEST, TEXT } from "../requests.ts";
import { startRecado } from "../servers.ts";
import type { Workplace } from "../workplace.ts";

const BOARD = 1_000_000;

/** It asks for nothing that depends on the board, and is answered like any other. */
const FIRST_REQUEST = '{"op": "deletar", "id": -1, "data": ""}\n';

/** What a start took, in seconds and bytes. */
interface Start {
  answered: number;
  memory: number;
  listed: number;
  memoryListed: number;
}

/** The start of a server whose board is large. */
export const START_ROW: Row = {
  name: "start",
  work: "start with 1,000,000 messages in SQLite until the first answer",
  against: "–",
  async measure(workplace) {
    const folder = workplace.newFolder(), size = workplace.scaled(BOARD);
    await prepare(workplace, folder, size);
    const starts = (await inTurn(workplace.effort, () => start(workplace, folder))).flat();
    const text = size * TEXT.length;
    const againstText = (bytes: (start: Start) => number) => starts.map((start) => [bytes(start), text]);
    return [
      alone(starts.map(({ answered }) => answered), { of: "time", unit: "seconds", goal: { atMost: 2 } }),
      compare(againstText(({ memory }) => memory), {
        of: "peak memory, against the text",
        unit: "bytes",
        goal: { atMost: 4 },
      }),
      alone(starts.map(({ listed }) => listed), { of: "time, if the first answer is the listing", unit: "seconds" }),
      compare(againstText(({ memoryListed }) => memoryListed), {
        of: "peak memory with the listing, against the text",
        unit: "bytes",
      }),
    ];
  },
};

async function prepare(workplace: Workplace, folder: string, size: number): Promise<void> {
  await using recado = await startRecado(workplace, { durable: true, folder });
  await fillBoard(recado.port, size);
}

async function start(workplace: Workplace, folder: string): Promise<Start> {
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  await using recado = await startRecado(workplace, { durable: true, folder });
  await ask(recado.port, FIRST_REQUEST);
  const answered = since();
  const { peak: memory } = await memoryOf(recado.pid);
  const listing = performance.now();
  await ask(recado.port, REQUEST.list);
  const listed = answered + (performance.now() - listing) / 1000;
  return { answered, memory, listed, memoryListed: (await memoryOf(recado.pid)).peak };
}
