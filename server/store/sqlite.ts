import { EscapedText } from "../../protocol/mod.ts";
import { mapped } from "../mapped.ts";
import { StoreError, type Warn } from "./errors.ts";
import type { Change } from "./change_list.ts";
import { GroupCommit } from "./group_commit.ts";
import { ListingCache } from "./listing_cache.ts";
import { RedoLog } from "./redo_log.ts";
import { RunTable } from "./run_table.ts";
import { type BoardFile, openDatabase, redoPath } from "./sqlite_file.ts";
import type { Listing, Operation, Result, Store } from "./store.ts";
import { StoredMessages } from "./stored_messages.ts";

/** A batch that waits for the end of the turn. */
interface Queued {
  batch: readonly Operation[];
  resolve: (results: Result[]) => void;
}

type ListOperation = Extract<Operation, { kind: "list" }>;

/**
 * A board in an SQLite file: an answered write is on disk, synced. Batches that come in one turn of the event loop are carried out at its end, in order, as one
 * group that is made durable together ({@linkcode GroupCommit}).
 */
export class SqliteStore implements Store {
  readonly name: string;
  readonly #file: BoardFile;
  readonly #messages: StoredMessages;
  readonly #groups: GroupCommit;
  readonly #listing: ListingCache;
  /** At most one batch of each connection, because a connection waits for the results before it asks again. */
  #queue: Queued[] = [];
  #closed = false;

  private constructor(
    path: string,
    file: BoardFile,
    messages: StoredMessages,
    log: RedoLog | undefined,
    warn: Warn,
  ) {
    this.name = nameOf(path);
    this.#file = file;
    this.#messages = messages;
    this.#groups = new GroupCommit(
      file,
      log,
      messages,
      ({ message }) =>
        warn(`Cannot write the redo log of ${this.name}: ${message}; the database takes the change instead`),
    );
    this.#listing = new ListingCache((first) => messages.read(first));
  }

  /**
   * Opens the board in a file, or makes one.
   *
   * @param path the file; its folder must exist
   * @param warn told of failures that the store gets over, as long as it is open
   * @throws {StoreError} when the file is not a board, is in use, or cannot be read or written, or its redo log is gone or damaged; both are then left as they
   * were
   */
  static async open(path: string, warn: Warn): Promise<SqliteStore> {
    const file = await openDatabase(path);
    let log: RedoLog | undefined;
    try {
      // where SQLite has its own log: beside the file itself, also when the path is a link
      const logPath = redoPath(Deno.realPathSync(path));
      // first the check that may refuse the board, so that it is not upgraded before
      const { redo } = file.state();
      if (redo !== null) log = await RedoLog.open(logPath, redo);
      file.settle((why) => warn(`${notCarriedOver(nameOf(path), "its log -wal", why)}; the log keeps it`));
      file.upgrade();
      const messages = readMessages(file);
      log ??= await RedoLog.open(
        logPath,
        null,
        ({ message }) =>
          warn(`Cannot make the redo log of ${nameOf(path)}: ${message}; the server is slower without it`),
      );
      for (const text of log?.texts() ?? []) redoGroup(messages, text);
      return new SqliteStore(path, file, messages, log, warn);
    } catch (cause) {
      log?.[Symbol.dispose]();
      file[Symbol.dispose]();
      throw new StoreError(`Cannot read the board ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
    }
  }

  /** See {@linkcode Store.apply}. */
  apply(batch: readonly Operation[]): Result[] | Promise<Result[]> {
    if (this.#queue.length === 0) {
      const lists = batch.filter((operation) => operation.kind === "list");
      if (lists.length === batch.length) return lists.map((operation) => this.#list(operation));
      setImmediate(() => this.#commit());
    }
    return new Promise((resolve) => this.#queue.push({ batch, resolve }));
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#messages.count;
  }

  /** See {@linkcode Store}. */
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => resolve(this.#close()));
  }

  #close(): void {
    if (this.#closed) return;
    this.#commit();
    this.#closed = true;
    using file = this.#file;
    let log = "its redo log";
    try {
      this.#groups[Symbol.dispose]();
      log = "its log -wal";
      file.carryOver();
    } catch (cause) {
      const why = notCarriedOver(this.name, log, cause as Error);
      throw new StoreError(`${why}; the log stays for the next start`, { cause });
    }
  }

  /** Carries out everything that waits as one group: all of its writes are on disk, or none is on the board. */
  #commit(): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    this.#queue = [];
    const given: Listing[] = [];
    const carryOut = (operation: Operation) => {
      const result = this.#carryOut(operation);
      if (result.kind === "listed") given.push(result.listing);
      return result;
    };
    this.#messages.mark();
    let results: Result[][] = [];
    try {
      for (let at = 0; at < queue.length; at++) results.push(mapped(queue[at].batch, carryOut));
      this.#groups.end();
    } catch (cause) {
      const error = new StoreError(`Cannot write ${this.name}: ${(cause as Error).message}`, { cause });
      this.#messages.undo();
      // listings that were made before it failed go to nobody
      for (const listing of given) listing[Symbol.dispose]();
      this.#listing.forget();
      this.#groups.failed();
      results = queue.map(({ batch }) => this.#refuseAll(batch, error));
    }
    for (let at = 0; at < queue.length; at++) queue[at].resolve(results[at]);
  }

  /** Refuses everything but listings, which show the board as it was. */
  #refuseAll(batch: readonly Operation[], error: StoreError): Result[] {
    return batch.map((operation) => operation.kind === "list" ? this.#list(operation) : { kind: "failed", error });
  }

  #carryOut(operation: Operation): Result {
    switch (operation.kind) {
      case "add":
        return this.#add(operation.id, operation.text);
      case "delete":
        return this.#delete(operation.id);
      case "list":
        return this.#list(operation);
    }
  }

  #add(id: number | undefined, text: EscapedText): Result {
    const result = this.#messages.add(id, text);
    if (result.kind === "added") {
      this.#groups.added(result.id, text);
      this.#listing.appended(this.#messages.lastPlace, result.id, text);
    }
    return result;
  }

  #delete(id: number): Result {
    const place = this.#messages.delete(id);
    if (place === undefined) return { kind: "absent" };
    this.#groups.deleted(id);
    this.#listing.remove(place);
    return { kind: "deleted" };
  }

  #list({ form }: ListOperation): Result {
    try {
      return { kind: "listed", listing: this.#listing.list(form) };
    } catch (cause) {
      return {
        kind: "failed",
        error: new StoreError(`Cannot read ${this.name}: ${(cause as Error).message}`, { cause }),
      };
    }
  }
}

function nameOf(path: string): string {
  return `sqlite:${path}`;
}

function notCarriedOver(name: string, log: string, why: Error): string {
  return `Cannot carry over into ${name} what ${log} has: ${why.message}`;
}

function readMessages(file: BoardFile): StoredMessages {
  const { highest, messages: count } = file.state();
  const messages = new StoredMessages(new RunTable(file.database), highest, count);
  if (messages.count !== count) throw new Error(`it has ${messages.count} messages, and says that it has ${count}`);
  return messages;
}

/** Repeats changes that only the log has. */
function redoGroup(messages: StoredMessages, text: string): void {
  let changes: Change[];
  try {
    changes = JSON.parse(text);
  } catch {
    // the parser's own error quotes the text, which must not be in a log
    throw new Error("its redo log is damaged");
  }
  messages.mark();
  for (const [id, text] of changes) {
    if (text === undefined) messages.delete(id);
    else messages.add(id, EscapedText.of(text));
  }
}
