import type { DatabaseSync, StatementSync } from "node:sqlite";
import { DamagedRunError } from "./errors.ts";
import { ALL, isGone, RUN_LENGTH } from "./run_bits.ts";

/** The highest number of a run, far above what a board can reach; it keeps places exact integers. */
const HIGHEST_NUMBER = 2 ** 47;

/** How many runs are read at once when a board is opened. */
const READ_SIZE = 1000;

/** Messages that were added one after the other. For one that was deleted, or never existed, both arrays have `null`. */
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
 * The messages in the file of a board. A row has up to 32 of them, because SQLite takes much longer for a row than for what is in it. Which of them are
 * deleted stands in another table, as a number for each run, so that a deletion seldom rewrites those that stay. Transactions are left to the caller.
 */
export class RunTable {
  readonly #put: StatementSync;
  readonly #putGone: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeGone: StatementSync;
  readonly #next: StatementSync;
  readonly #idsAfter: StatementSync;
  readonly #ends: StatementSync;

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
    this.#ends = database.prepare("SELECT min(number) AS first, max(number) AS last FROM run");
  }

  /**
   * The number of the last run, or -1.
   *
   * @throws {Error} SQLite's own, or when there is a run with a number that none can have
   */
  last(): number {
    const { first, last } = this.#ends.get() as { first: number | null; last: number | null };
    if (first === null || last === null) return -1;
    if (first < 0 || last > HIGHEST_NUMBER) throw new DamagedRunError(first < 0 ? first : last);
    return last;
  }

  /**
   * Writes or overwrites a run, or removes it if none of its messages is left.
   *
   * @param number of the run
   * @param ids of its messages
   * @param texts gives the JSON of the first `count` texts
   * @throws {Error} SQLite's own
   */
  put(number: number, ids: readonly (number | null)[], texts: (count: number) => string): void {
    const count = ids.findLastIndex((id) => id !== null) + 1;
    if (count === 0) this.remove(number);
    else this.#put.run(number, JSON.stringify(ids.slice(0, count)), texts(count));
  }

  /**
   * Writes which messages of a run are gone.
   *
   * @param number of the run, which is there
   * @param gone a bit for each
   * @throws {Error} SQLite's own
   */
  putGone(number: number, gone: number): void {
    if (gone === ALL) this.remove(number);
    else this.#putGone.run(number, gone);
  }

  /**
   * Rewrites a run without the messages that are gone.
   *
   * @param number of the run, which is there
   * @param gone a bit for each
   * @throws {Error} SQLite's own
   */
  thin(number: number, gone: number): void {
    try {
      const { ids, texts } = this.next(number, number + 1)!;
      for (let at = 0; at < ids.length; at++) if (isGone(gone, at)) ids[at] = texts[at] = null;
      this.put(number, ids, (count) => JSON.stringify(texts.slice(0, count)));
    } catch (error) {
      // a damaged run stays as it is: which of its messages are gone stands in the other table
      if (!(error instanceof DamagedRunError)) throw error;
    }
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
   * Reads the first run in a range.
   *
   * @param from its number, or a lower one
   * @param end a number above it
   * @returns it may still have messages that are gone
   * @throws {DamagedRunError} when it is damaged
   * @throws {Error} SQLite's own
   */
  next(from: number, end: number): Run | undefined {
    const row = this.#next.get(from, end) as unknown as Row | undefined;
    if (row === undefined) return undefined;
    const ids = read(row.ids, row.number, isId), texts = read(row.texts, row.number, isText);
    if (ids.length !== texts.length || ids.some((id, at) => (id === null) !== (texts[at] === null))) {
      throw new DamagedRunError(row.number);
    }
    return { number: row.number, ids, texts };
  }

  /**
   * Reads the ids of all messages, without their texts.
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

function read<T>(json: string, number: number, isRight: (value: unknown) => value is T): T[] {
  let values: unknown;
  try {
    values = JSON.parse(json);
  } catch {
    // the parser's own error quotes the text, which must not be in a log
  }
  if (!Array.isArray(values) || values.length > RUN_LENGTH || !values.every(isRight)) throw new DamagedRunError(number);
  return values;
}

function isId(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value);
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string" && value.isWellFormed();
}
