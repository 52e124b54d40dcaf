import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ListingForm } from "../../protocol/mod.ts";
import { StoreError } from "./errors.ts";
import { ListingCache, type PlacedMessage } from "./listing_cache.ts";
import { type BoardFile, openDatabase } from "./sqlite_file.ts";
import type { Operation, Result, Store } from "./store.ts";

/** What the store knows of the board without reading it; goes back with a transaction. */
interface Counters {
  count: number;
  /** The highest id that the board has ever held. */
  highest: number;
  /** How much of that the file says; of the rest the ids on the board are witness. */
  raised: number;
  /** The place of the last message. */
  place: number;
}

/** A batch that waits for the end of the turn. */
interface Queued {
  batch: readonly Operation[];
  resolve: (results: Result[]) => void;
}

/** A message on its way into the file, and where its result stands. */
interface Row {
  at: number;
  place: number;
  id: number;
  text: string;
}

type Addition = Extract<Operation, { kind: "add" }>;

/** How many messages one statement adds, the largest first: to call the engine costs twice what it then does for a message. */
const INSERT_SIZES = [64, 32, 16, 8, 4, 2, 1];

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A board in an SQLite file: an answered write is on disk, synced (WAL, synchronous FULL). What comes in one turn of the event loop is carried out at its
 * end, in order, in one transaction and so with one sync (group commit).
 */
export class SqliteStore implements Store {
  readonly name: string;
  readonly #file: BoardFile;
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #inserts: Map<number, StatementSync>;
  readonly #inserted: StatementSync;
  readonly #remove: StatementSync;
  readonly #raise: StatementSync;
  readonly #listing: ListingCache;
  #counters: Counters;
  #queue: Queued[] = [];
  #closed = false;

  private constructor(path: string, file: BoardFile) {
    const { database } = file;
    this.#file = file;
    this.name = `sqlite:${path}`;
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#end = database.prepare("COMMIT");
    this.#inserts = new Map(INSERT_SIZES.map((size) => [size, database.prepare(insertion(size))]));
    this.#inserted = database.prepare("SELECT place FROM message WHERE place BETWEEN ? AND ?");
    this.#remove = database.prepare("DELETE FROM message WHERE id = ? RETURNING place");
    this.#raise = database.prepare("UPDATE board SET highest = ?");
    this.#listing = listingOf(database);
    this.#counters = database.prepare(
      `SELECT (SELECT count(*) FROM message) AS count, (SELECT coalesce(max(place), 0) FROM message) AS place,
        max(highest, (SELECT coalesce(max(id), 0) FROM message)) AS highest, highest AS raised FROM board`,
    ).get() as unknown as Counters;
  }

  /**
   * Opens the board in a file, or makes one.
   *
   * @param path the file; its folder must exist
   * @throws {StoreError} when the file is not a board, is in use, or cannot be read or written; it is then left as it was
   */
  static async open(path: string): Promise<SqliteStore> {
    const file = await openDatabase(path);
    try {
      return new SqliteStore(path, file);
    } catch (cause) {
      file[Symbol.dispose]();
      throw new StoreError(`Cannot read the board ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  /** See {@linkcode Store.apply}. */
  apply(batch: readonly Operation[]): Result[] | Promise<Result[]> {
    if (this.#queue.length === 0) {
      const lists = batch.filter((operation) => operation.kind === "list");
      if (lists.length === batch.length) return lists.map(({ form }) => this.#list(form));
      setImmediate(() => this.#commit());
    }
    return new Promise((resolve) => this.#queue.push({ batch, resolve }));
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#counters.count;
  }

  /** Carries out what is waiting, and closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#commit();
      this.#closed = true;
      this.#file[Symbol.dispose]();
    }
    return Promise.resolve();
  }

  /** Carries out all that is waiting in one transaction: its writes are all on disk, or none is on the board. */
  #commit(): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    this.#queue = [];
    const operations = queue.flatMap(({ batch }) => batch), before = this.#counters;
    // one message is added by one statement, which is a transaction by itself: 1.03 times as many from one connection
    const isOneStatement = operations.length === 1 && operations[0].kind === "add";
    let results: Result[];
    try {
      if (!isOneStatement) this.#begin.run();
      this.#counters = { ...before };
      results = this.#carryOut(operations);
      if (!isOneStatement) this.#end.run();
    } catch (cause) {
      this.#counters = before;
      const error = this.#rollBack(cause);
      results = operations.map((operation) =>
        operation.kind === "list" ? this.#list(operation.form) : { kind: "failed", error }
      );
    }
    let next = 0;
    for (const { batch, resolve } of queue) resolve(results.slice(next, next += batch.length));
  }

  #carryOut(operations: readonly Operation[]): Result[] {
    const results: Result[] = [];
    let additions: Addition[] = [];
    for (const operation of operations) {
      if (operation.kind === "add") {
        additions.push(operation);
        continue;
      }
      this.#add(additions, results);
      additions = [];
      results.push(operation.kind === "delete" ? this.#delete(operation.id) : this.#list(operation.form));
    }
    this.#add(additions, results);
    return results;
  }

  /** Adds messages whose results are to stand behind those that are there. */
  #add(additions: readonly Addition[], results: Result[]): void {
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

  #insert(rows: readonly Row[], results: Result[]): void {
    const values = rows.flatMap(({ place, id, text }) => [place, id, text]);
    const { changes } = this.#inserts.get(rows.length)!.run(...values);
    const inserted = changes === rows.length
      ? undefined
      : this.#placesBetween(rows[0].place, rows[rows.length - 1].place);
    for (const { at, place } of rows) {
      if (inserted?.has(place) === false) {
        results[at] = { kind: "taken" };
      } else {
        this.#listing.appended();
        this.#counters.count++;
      }
    }
  }

  #placesBetween(first: number, last: number): Set<number> {
    return new Set((this.#inserted.all(first, last) as unknown as { place: number }[]).map(({ place }) => place));
  }

  #delete(id: number): Result {
    const removed = this.#remove.get(id) as { place: number } | undefined;
    if (removed === undefined) return { kind: "absent" };
    const counters = this.#counters;
    counters.count--;
    if (id > counters.raised) {
      // the board's own ids are no witness of it any more
      this.#raise.run(counters.highest);
      counters.raised = counters.highest;
    }
    this.#listing.remove(removed.place);
    return { kind: "deleted" };
  }

  #list(form: ListingForm): Result {
    try {
      return { kind: "listed", listing: this.#listing.list(form) };
    } catch (cause) {
      return {
        kind: "failed",
        error: new StoreError(`Cannot read ${this.name}: ${(cause as Error).message}`, { cause }),
      };
    }
  }

  #rollBack(cause: unknown): StoreError {
    const failure = `Cannot write ${this.name}: ${(cause as Error).message}`;
    this.#listing.forget();
    try {
      this.#database.exec("ROLLBACK");
    } catch (error) {
      const { message } = error as Error;
      // after some errors SQLite has rolled back by itself
      if (!message.includes("no transaction is active")) {
        return new StoreError(`${failure}; cannot roll back: ${message}`, { cause });
      }
    }
    this.#overwriteRefused();
    return new StoreError(failure, { cause });
  }

  /**
   * What was refused may stand in the log, whole, when only its sync has failed, and after a kill a restart would find it there. The next transaction is written
   * over it; so that nothing is left to chance, one that changes nothing is written at once.
   */
  #overwriteRefused(): void {
    try {
      this.#file.commitNothing();
    } catch {
      // the disk takes nothing yet: the next write will be written there, or refused again
    }
  }
}

function insertion(size: number): string {
  const rows = Array(size).fill("(?, ?, ?)").join(", ");
  return `INSERT INTO message (place, id, text) VALUES ${rows} ON CONFLICT (id) DO NOTHING`;
}

function listingOf(database: DatabaseSync): ListingCache {
  const read = database.prepare(
    // node:sqlite cuts a TEXT at U+0000 when it reads it, but not a BLOB
    `SELECT place, id, iif(instr(text, char(0)), CAST(text AS BLOB), text) AS mensagem
     FROM message WHERE place >= ? ORDER BY place LIMIT ?`,
  );
  return new ListingCache((first, limit) => {
    const rows = read.all(first, limit) as unknown as (PlacedMessage & { mensagem: string | Uint8Array })[];
    for (const row of rows) if (typeof row.mensagem !== "string") row.mensagem = decoder.decode(row.mensagem);
    return rows;
  });
}
