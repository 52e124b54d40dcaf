import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How many messages a run has at most: as many as a number has bits. */
export const RUN_LENGTH = 32;

/** All messages of a run, in bits. */
export const ALL = 2 ** RUN_LENGTH - 1;

/** How many runs are read at once when a board is opened. */
const READ_SIZE = 1000;

/** Messages that were added one after the other. Where one was deleted, or never was, both arrays have `null`. */
export interface Run {
  /** Runs are in the order of the board. */
  number: number;
  ids: (number | null)[];
  texts: (string | null)[];
}

/** A run without its texts, and which of its messages are gone: a bit for each. */
export type RunIds = Omit<Run, "texts"> & { gone: number };

/** A row as SQLite has it. */
interface Row {
  number: number;
  ids: string;
  texts: string;
  gone: number;
}

/**
 * The messages in the file of a board. A row has up to 32 of them, for SQLite takes much longer for a row than for what is in it; and which of them are
 * deleted stands aside, in a number for each run, so that a deletion seldom writes anew those that stay. Whether there is a transaction is the caller's to see to.
 */
export class RunTable {
  readonly #put: StatementSync;
  readonly #putGone: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeGone: StatementSync;
  readonly #next: StatementSync;
  readonly #idsAfter: StatementSync;
  readonly #size: StatementSync;

  /**
   * @param database of a board
   * @throws {Error} SQLite's own, when it is none
   */
  constructor(database: DatabaseSync) {
    this.#put = database.prepare("INSERT OR REPLACE INTO run (number, ids, texts) VALUES (?, ?, ?)");
    this.#putGone = database.prepare("INSERT OR REPLACE INTO gone (run, bits) VALUES (?, ?)");
    this.#remove = database.prepare("DELETE FROM run WHERE number = ?");
    this.#removeGone = database.prepare("DELETE FROM gone WHERE run = ?");
    this.#next = database.prepare(
      "SELECT number, ids, texts FROM run WHERE number >= ? AND number < ? ORDER BY number LIMIT 1",
    );
    this.#idsAfter = database.prepare(
      `SELECT number, ids, coalesce(bits, 0) AS gone FROM run LEFT JOIN gone ON gone.run = number
       WHERE number > ? ORDER BY number LIMIT ${READ_SIZE}`,
    );
    this.#size = database.prepare(
      `SELECT coalesce(max(number), -1) AS last, coalesce(sum(json_array_length(ids)), 0) AS messages,
        coalesce(sum(json_array_length(ids) <> json_array_length(texts)), 0) AS wrong FROM run`,
    );
  }

  /**
   * How much is there.
   *
   * @returns the number of the last run, or -1, and how many messages there are at most
   * @throws {Error} SQLite's own, or when a run is damaged
   */
  size(): { last: number; messages: number } {
    const { wrong, ...size } = this.#size.get() as { last: number; messages: number; wrong: number };
    // better than to serve, and write, what cannot be listed
    if (wrong > 0) throw new Error("a run is damaged");
    return size;
  }

  /**
   * Writes a run, also over what is there, or removes it when none of its messages is left.
   *
   * @throws {Error} SQLite's own
   */
  put({ number, ids, texts }: Run): void {
    const end = texts.findLastIndex((text) => text !== null) + 1;
    if (end === 0) this.remove(number);
    else this.#put.run(number, JSON.stringify(ids.slice(0, end)), JSON.stringify(texts.slice(0, end)));
  }

  /**
   * Writes which messages of a run are gone.
   *
   * @param number of the run, which is there
   * @param gone a bit for each
   * @param were what {@linkcode putGone} has been told before, or 0
   * @throws {Error} SQLite's own
   */
  putGone(number: number, gone: number, were: number): void {
    if (gone === ALL) return this.remove(number);
    this.#putGone.run(number, gone);
    if (sizeClass(gone) === sizeClass(were)) return;
    const run = this.next(number, number + 1)!;
    for (let at = 0; at < run.ids.length; at++) if (isGone(gone, at)) run.ids[at] = run.texts[at] = null;
    this.put(run);
  }

  /**
   * Removes a run, if it is there.
   *
   * @throws {Error} SQLite's own
   */
  remove(number: number): void {
    this.#remove.run(number);
    this.#removeGone.run(number);
  }

  /**
   * Reads the first run of some.
   *
   * @param from its number, or a lower one
   * @param end a number above it
   * @returns it may still have messages that are gone
   * @throws {Error} SQLite's own, or when it is damaged
   */
  next(from: number, end: number): Run | undefined {
    const row = this.#next.get(from, end) as unknown as Row | undefined;
    if (row === undefined) return undefined;
    const ids = read(row.ids, row.number, isId), texts = read(row.texts, row.number, isText);
    if (ids.length !== texts.length) throw damaged(row.number);
    return { number: row.number, ids, texts };
  }

  /**
   * Reads what can be known of all messages without their texts.
   *
   * @returns the runs in order
   * @throws {Error} SQLite's own, or when one is damaged
   */
  *ids(): Generator<RunIds> {
    let rows: Row[], number = -1;
    do {
      rows = this.#idsAfter.all(number) as unknown as Row[];
      for (const { ids, gone, ...row } of rows) {
        number = row.number;
        yield { number, ids: read(ids, number, isId), gone };
      }
    } while (rows.length === READ_SIZE);
  }
}

/** Whether a message is gone, by its index in its run. */
export function isGone(gone: number, at: number): boolean {
  return (gone & (1 << at)) !== 0;
}

/** How many quarters of a run went: when that changes, it is written anew without what is gone. */
function sizeClass(gone: number): number {
  let left = RUN_LENGTH;
  for (let at = 0; at < RUN_LENGTH; at++) if (isGone(gone, at)) left--;
  return left > 8 ? 2 : left > 2 ? 1 : 0;
}

function read<T>(json: string, number: number, isRight: (value: unknown) => value is T): T[] {
  let values: unknown;
  try {
    values = JSON.parse(json);
  } catch {
    // the parser's own error has a part of the text, which is for no log
  }
  if (!Array.isArray(values) || values.length > RUN_LENGTH || !values.every(isRight)) throw damaged(number);
  return values;
}

function isId(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value);
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function damaged(number: number): Error {
  return new Error(`run ${number} is damaged`);
}
