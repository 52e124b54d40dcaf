import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { ListingCache, type PlacedMessage } from "./listing_cache.ts";
import { type BoardFile, openDatabase } from "./sqlite_file.ts";
import type { Operation, Result, Store } from "./store.ts";

/** What the store knows of the board without reading it; goes back with a transaction. */
interface Counters {
  count: number;
  highest: number;
  place: number;
}

/** The writes of one turn of the event loop: one transaction, one sync. */
interface Group {
  before: Counters;
  /** Set when the transaction was rolled back: none of its writes is on the board. */
  error: StoreError | undefined;
  /** Resolves when the transaction has ended, either way. */
  ended: Promise<void>;
  end: () => void;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A board in an SQLite file: an answered write is on disk, synced (WAL, synchronous FULL). All writes of one turn of the event loop share one
 * transaction and so one sync (group commit); their results, and listings that show them, wait for it.
 */
export class SqliteStore implements Store {
  readonly name: string;
  readonly #file: BoardFile;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #raise: StatementSync;
  readonly #listing: ListingCache;
  #counters: Counters;
  #group: Group | undefined;
  #closed = false;

  private constructor(path: string, file: BoardFile) {
    const { database } = file;
    this.#file = file;
    this.name = `sqlite:${path}`;
    this.#database = database;
    this.#insert = database.prepare(
      "INSERT INTO message (place, id, text) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
    );
    this.#remove = database.prepare("DELETE FROM message WHERE id = ? RETURNING place");
    this.#raise = database.prepare("UPDATE board SET highest = ?");
    this.#listing = listingOf(database);
    this.#counters = database.prepare(
      "SELECT (SELECT count(*) FROM message) AS count, highest, (SELECT coalesce(max(place), 0) FROM message) AS place FROM board",
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
    const results = batch.map((operation) => this.#carryOut(operation));
    return this.#group === undefined ? results : this.#committed(this.#group, batch, results);
  }

  async #committed(group: Group, batch: readonly Operation[], results: Result[]): Promise<Result[]> {
    await group.ended;
    const { error } = group;
    if (error === undefined) return results;
    return batch.map((operation) => operation.kind === "list" ? this.#carryOut(operation) : { kind: "failed", error });
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#counters.count;
  }

  /** Ends the transaction that is open and closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      if (this.#group !== undefined) this.#commit(this.#group);
      this.#file[Symbol.dispose]();
    }
    return Promise.resolve();
  }

  #carryOut(operation: Operation): Result {
    if (operation.kind === "list") return this.#list(operation.form);
    const group = this.#group ??= this.#begin();
    if (group.error === undefined) {
      try {
        return operation.kind === "add" ? this.#add(operation.id, operation.text) : this.#delete(operation.id);
      } catch (cause) {
        this.#rollBack(group, cause);
      }
    }
    return { kind: "failed", error: group.error! };
  }

  #list(form: "python" | "json"): Result {
    try {
      return { kind: "listed", pieces: this.#listing.list(form) };
    } catch (cause) {
      return {
        kind: "failed",
        error: new StoreError(`Cannot read ${this.name}: ${(cause as Error).message}`, { cause }),
      };
    }
  }

  #add(id = this.#counters.highest + 1, text: string): Result {
    if (!Number.isSafeInteger(id)) return { kind: "exhausted" };
    const place = this.#counters.place + 1;
    if (this.#insert.run(place, id, text).changes === 0) return { kind: "taken" };
    this.#listing.append(place);
    const { count, highest } = this.#counters;
    this.#counters = { count: count + 1, highest: Math.max(highest, id), place };
    return { kind: "added", id };
  }

  #delete(id: number): Result {
    const removed = this.#remove.get(id) as { place: number } | undefined;
    if (removed === undefined) return { kind: "absent" };
    this.#listing.remove(removed.place);
    this.#counters = { ...this.#counters, count: this.#counters.count - 1 };
    return { kind: "deleted" };
  }

  #begin(): Group {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const group: Group = { before: this.#counters, error: undefined, ended, end };
    try {
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (cause) {
      this.#rollBack(group, cause);
    }
    setImmediate(() => this.#commit(group));
    return group;
  }

  #commit(group: Group): void {
    if (this.#group !== group) return;
    this.#group = undefined;
    if (group.error === undefined) {
      try {
        if (this.#counters.highest !== group.before.highest) this.#raise.run(this.#counters.highest);
        this.#database.exec("COMMIT");
      } catch (cause) {
        this.#rollBack(group, cause);
      }
    }
    group.end();
  }

  #rollBack(group: Group, cause: unknown): void {
    group.error = new StoreError(`Cannot write ${this.name}: ${(cause as Error).message}`, { cause });
    this.#counters = group.before;
    this.#listing.forget();
    try {
      this.#database.exec("ROLLBACK");
    } catch (error) {
      const { message } = error as Error;
      if (message.includes("no transaction is active")) return; // after some errors SQLite has rolled back by itself
      group.error = new StoreError(`${group.error.message}; cannot roll back: ${message}`, { cause });
    }
  }
}

function listingOf(database: DatabaseSync): ListingCache {
  const read = database.prepare(
    // node:sqlite cuts a TEXT at U+0000 when it reads it, but not a BLOB
    `SELECT place, id, iif(instr(text, char(0)), CAST(text AS BLOB), text) AS mensagem
     FROM message WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?`,
  );
  return new ListingCache((first, last, limit) => {
    const rows = read.all(first, last, limit) as unknown as (PlacedMessage & { mensagem: string | Uint8Array })[];
    for (const row of rows) if (typeof row.mensagem !== "string") row.mensagem = decoder.decode(row.mensagem);
    return rows;
  });
}
