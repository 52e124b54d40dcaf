import { StoreError } from "./errors.ts";
import { type Change, cycleOf, GroupCommit, type Restorable } from "./group_commit.ts";
import { ListingCache } from "./listing_cache.ts";
import { type Addition, MessageTable } from "./message_table.ts";
import { RedoLog } from "./redo_log.ts";
import { type BoardFile, openDatabase, redoPath } from "./sqlite_file.ts";
import type { Operation, Result, Store } from "./store.ts";

/** A batch that waits for the end of the turn. */
interface Queued {
  batch: readonly Operation[];
  resolve: (results: Result[]) => void;
}

type ListOperation = Extract<Operation, { kind: "list" }>;
type Write = Exclude<Operation, ListOperation>;

/**
 * A board in an SQLite file: an answered write is on disk, synced. What comes in one turn of the event loop is carried out at its end, in order, as one group
 * that is made durable at once ({@linkcode GroupCommit}).
 */
export class SqliteStore implements Store, Restorable {
  readonly name: string;
  readonly #file: BoardFile;
  readonly #table: MessageTable;
  readonly #groups: GroupCommit;
  readonly #listing: ListingCache;
  #queue: Queued[] = [];
  #closed = false;

  private constructor(path: string, file: BoardFile, table: MessageTable, log: RedoLog | undefined) {
    this.name = `sqlite:${path}`;
    this.#file = file;
    this.#table = table;
    this.#groups = new GroupCommit(file, log, this);
    this.#listing = new ListingCache((first, limit) => table.read(first, limit));
  }

  /**
   * Opens the board in a file, or makes one.
   *
   * @param path the file; its folder must exist
   * @throws {StoreError} when the file is not a board, is in use, or cannot be read or written, or its redo log is gone or damaged; what is in them is then
   * left as it was
   */
  static async open(path: string): Promise<SqliteStore> {
    const file = await openDatabase(path);
    let log: RedoLog | undefined;
    try {
      const table = new MessageTable(file.database);
      // where SQLite has its own log: beside the file itself, also when the path is a link
      log = await RedoLog.open(redoPath(Deno.realPathSync(path)), cycleOf(file));
      const store = new SqliteStore(path, file, table, log);
      store.#groups.catchUp();
      return store;
    } catch (cause) {
      log?.[Symbol.dispose]();
      file[Symbol.dispose]();
      throw new StoreError(`Cannot read the board ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  /** See {@linkcode Store.apply}. */
  apply(batch: readonly Operation[]): Result[] | Promise<Result[]> {
    if (this.#queue.length === 0) {
      const lists = batch.filter((operation) => operation.kind === "list");
      if (lists.length === batch.length) return lists.map((operation) => this.#listAlone(operation));
      setImmediate(() => this.#commit());
    }
    return new Promise((resolve) => this.#queue.push({ batch, resolve }));
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#table.count;
  }

  /** See {@linkcode Restorable.committed}. */
  committed(): void {
    this.#table.mark();
  }

  /** See {@linkcode Restorable.restore}. */
  restore(groups: readonly (readonly Change[])[]): void {
    this.#listing.forget();
    this.#table.reset();
    for (const group of groups) this.#carryOut(group.map(writeOf));
  }

  /** Carries out what is waiting, and closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#commit();
      this.#closed = true;
      this.#groups[Symbol.dispose]();
      this.#file[Symbol.dispose]();
    }
    return Promise.resolve();
  }

  /** Carries out all that is waiting as one group: its writes are all on disk, or none is on the board. */
  #commit(): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    this.#queue = [];
    const operations = queue.flatMap(({ batch }) => batch);
    let results: Result[];
    try {
      this.#groups.begin();
      results = this.#carryOut(operations);
      this.#groups.end(changesOf(operations, results));
    } catch (cause) {
      const error = new StoreError(`Cannot write ${this.name}: ${(cause as Error).message}`, { cause });
      this.#groups.rollBack();
      results = operations.map((operation) =>
        operation.kind === "list" ? this.#listAlone(operation) : { kind: "failed", error }
      );
    }
    let next = 0;
    for (const { batch, resolve } of queue) resolve(results.slice(next, next += batch.length));
  }

  #carryOut(operations: readonly Operation[]): Result[] {
    const results: Result[] = [];
    let additions: Addition[] = [];
    const add = () => {
      if (additions.length === 0) return;
      this.#table.add(additions, results);
      this.#listing.appended();
      additions = [];
    };
    for (const operation of operations) {
      if (operation.kind === "add") {
        additions.push(operation);
        continue;
      }
      add();
      results.push(operation.kind === "delete" ? this.#delete(operation.id) : this.#list(operation));
    }
    add();
    return results;
  }

  #delete(id: number): Result {
    const place = this.#table.delete(id);
    if (place === undefined) return { kind: "absent" };
    this.#listing.remove(place);
    return { kind: "deleted" };
  }

  /** A listing in a group. If it fails so does the group, for SQLite may have rolled back. */
  #list({ form }: ListOperation): Result {
    return { kind: "listed", listing: this.#listing.list(form) };
  }

  #listAlone(operation: ListOperation): Result {
    try {
      this.#groups.catchUp();
      return this.#list(operation);
    } catch (cause) {
      this.#groups.fallBehind();
      return {
        kind: "failed",
        error: new StoreError(`Cannot read ${this.name}: ${(cause as Error).message}`, { cause }),
      };
    }
  }
}

function writeOf(change: Change): Write {
  const [id, text] = change;
  return text === undefined ? { kind: "delete", id } : { kind: "add", id, text };
}

function changesOf(operations: readonly Operation[], results: readonly Result[]): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < results.length; at++) {
    const operation = operations[at], result = results[at];
    if (result.kind === "added" && operation.kind === "add") changes.push([result.id, operation.text]);
    if (result.kind === "deleted" && operation.kind === "delete") changes.push([operation.id]);
  }
  return changes;
}
