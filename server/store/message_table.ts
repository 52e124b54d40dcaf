import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { PlacedMessage } from "./listing_cache.ts";
import type { Operation, Result } from "./store.ts";

/** What is known of the board without reading it. */
interface Counters {
  count: number;
  /** The highest id that the board has ever held. */
  highest: number;
  /** How much of that the file says; of the rest the ids on the board are witness. */
  raised: number;
  /** The place of the last message. */
  place: number;
}

/** A message on its way into the file, and where its result stands. */
interface Row {
  at: number;
  place: number;
  id: number;
  text: string;
}

/** A message to be added. */
export type Addition = Extract<Operation, { kind: "add" }>;

/** How many messages one statement adds, the largest first: to call the engine costs twice what it then does for a message. */
const INSERT_SIZES = [64, 32, 16, 8, 4, 2, 1];

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The messages in the tables of a board, and what can be said of them without reading them. Whether there is a transaction is the caller's to see to. */
export class MessageTable {
  readonly #inserts: Map<number, StatementSync>;
  readonly #inserted: StatementSync;
  readonly #remove: StatementSync;
  readonly #raise: StatementSync;
  readonly #read: StatementSync;
  #counters: Counters;
  /** As they were at the last {@linkcode mark}. */
  #marked: Counters;

  /**
   * @param database of a board
   * @throws {Error} SQLite's own, when it cannot be read
   */
  constructor(database: DatabaseSync) {
    this.#inserts = new Map(INSERT_SIZES.map((size) => [size, database.prepare(insertion(size))]));
    this.#inserted = database.prepare("SELECT place FROM message WHERE place BETWEEN ? AND ?");
    this.#remove = database.prepare("DELETE FROM message WHERE id = ? RETURNING place");
    this.#raise = database.prepare("UPDATE board SET highest = ?");
    this.#read = database.prepare(
      // node:sqlite cuts a TEXT at U+0000 when it reads it, but not a BLOB
      `SELECT place, id, iif(instr(text, char(0)), CAST(text AS BLOB), text) AS mensagem
       FROM message WHERE place >= ? ORDER BY place LIMIT ?`,
    );
    this.#counters = database.prepare(
      `SELECT (SELECT count(*) FROM message) AS count, (SELECT coalesce(max(place), 0) FROM message) AS place,
        max(highest, (SELECT coalesce(max(id), 0) FROM message)) AS highest, highest AS raised FROM board`,
    ).get() as unknown as Counters;
    this.#marked = { ...this.#counters };
  }

  /** How many messages there are. */
  get count(): number {
    return this.#counters.count;
  }

  /** The tables have just been committed: what {@linkcode reset} goes back to. */
  mark(): void {
    this.#marked = { ...this.#counters };
  }

  /** The tables have been rolled back to their last commit. */
  reset(): void {
    this.#counters = { ...this.#marked };
  }

  /**
   * Adds messages.
   *
   * @param additions in order
   * @param results takes one for each, behind those that are there
   * @throws {Error} SQLite's own, when one cannot be written
   */
  add(additions: readonly Addition[], results: Result[]): void {
    const counters = this.#counters, rows: Row[] = [];
    for (const { id = counters.highest + 1, text } of additions) {
      if (!Number.isSafeInteger(id)) {
        results.push({ kind: "exhausted" });
        continue;
      }
      // an id that turns out to be taken is on the board, and so not above the highest
      counters.highest = Math.max(counters.highest, id);
      rows.push({ at: results.length, place: ++counters.place, id, text });
      results.push({ kind: "added", id });
    }
    for (let from = 0; from < rows.length;) {
      const size = INSERT_SIZES.find((size) => size <= rows.length - from)!;
      this.#insert(rows.slice(from, from += size), results);
    }
  }

  /**
   * Deletes a message.
   *
   * @returns its place, or `undefined` when there is none with the id
   * @throws {Error} SQLite's own, when it cannot be written
   */
  delete(id: number): number | undefined {
    const removed = this.#remove.get(id) as { place: number } | undefined;
    if (removed === undefined) return undefined;
    const counters = this.#counters;
    counters.count--;
    if (id > counters.raised) {
      // the board's own ids are no witness of it any more
      this.#raise.run(counters.highest);
      counters.raised = counters.highest;
    }
    return removed.place;
  }

  /**
   * Reads messages in order.
   *
   * @param first the place from which on
   * @param limit how many at most
   * @throws {Error} SQLite's own, when they cannot be read
   */
  read(first: number, limit: number): PlacedMessage[] {
    const rows = this.#read.all(first, limit) as unknown as (PlacedMessage & { mensagem: string | Uint8Array })[];
    for (const row of rows) if (typeof row.mensagem !== "string") row.mensagem = decoder.decode(row.mensagem);
    return rows;
  }

  #insert(rows: readonly Row[], results: Result[]): void {
    const values = rows.flatMap(({ place, id, text }) => [place, id, text]);
    const { changes } = this.#inserts.get(rows.length)!.run(...values);
    const inserted = changes === rows.length
      ? undefined
      : this.#placesBetween(rows[0].place, rows[rows.length - 1].place);
    for (const { at, place } of rows) {
      if (inserted?.has(place) === false) results[at] = { kind: "taken" };
      else this.#counters.count++;
    }
  }

  #placesBetween(first: number, last: number): Set<number> {
    return new Set((this.#inserted.all(first, last) as unknown as { place: number }[]).map(({ place }) => place));
  }
}

function insertion(size: number): string {
  const rows = Array(size).fill("(?, ?, ?)").join(", ");
  return `INSERT INTO message (place, id, text) VALUES ${rows} ON CONFLICT (id) DO NOTHING`;
}
