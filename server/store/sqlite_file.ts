import type { DatabaseSync } from "node:sqlite";
import { systemReason } from "../../cli/mod.ts";
import { checkHeader, fileKey, openFiles, readHeader } from "./board_header.ts";
import { SCHEMA, SCHEMA_VERSION, upgrade, versionOf } from "./board_schema.ts";
import { StoreError } from "./errors.ts";
import { checkLog, openLog, secureLog } from "./sqlite_log.ts";
import { syncFolder } from "./sync_folder.ts";

/** The page size of a new board, in bytes: that of file systems' blocks, because each page that is written is a system call. */
const PAGE_SIZE = 4096;
/** The size of the log, in bytes, at which its pages are carried over into the board: a page that has changed often is then copied once. */
const LOG_SIZE = 8_388_608;
/** How much of the board is kept in memory, in bytes: enough for 110,000 messages. */
const CACHE_SIZE = 16_777_216;

/** What makes commits durable, and the file ours alone; each is read back, because SQLite ignores what it cannot do. */
const PRAGMAS: readonly [name: string, set: string, expected: unknown][] = [
  ["locking_mode", "EXCLUSIVE", "exclusive"],
  ["journal_mode", "WAL", "wal"],
  ["synchronous", "FULL", 2],
  // on macOS a sync that the disk itself has answered; no effect elsewhere
  ["fullfsync", "ON", 1],
  ["checkpoint_fullfsync", "ON", 1],
];

/** The databases that {@linkcode leave} keeps open. */
const unclosed = new Set<DatabaseSync>();

/** What a board says of itself. */
export interface BoardState {
  /** The highest id that it has ever held. */
  highest: number;
  /** How many messages its tables have; absent in an older version. */
  messages?: number;
  /** The cycle of the redo log whose groups they lack; `null` when they lack none. */
  redo: number | null;
}

/** The database of a board, locked for this process until it is disposed of. */
export class BoardFile implements Disposable {
  /** Its connection. */
  readonly database: DatabaseSync;
  readonly #path: string;
  readonly #key: string | undefined;
  #closed = false;

  /** Use {@linkcode openDatabase}. */
  constructor(database: DatabaseSync, path: string, key: string | undefined) {
    this.database = database;
    this.#path = path;
    this.#key = key;
    if (key !== undefined) openFiles.add(key);
  }

  /**
   * What the board says of itself.
   *
   * @throws {Error} SQLite's own, or when it says nothing
   */
  state(): BoardState {
    const isFirst = versionOf(this.database) === 1; // which knew no redo log
    const state = this.database.prepare(`SELECT ${isFirst ? "*, NULL AS redo" : "*"} FROM board`).get();
    if (state === undefined) throw new Error("it says nothing of itself");
    return state as unknown as BoardState;
  }

  /**
   * Makes the board durable as it is read here. A server that was killed may have written its last commit without syncing it; from now on that commit is shown,
   * and the redo log that has the same changes is removed.
   *
   * @param failed told why it could not be carried over into the file, if it could not: the log keeps it then
   * @throws {Error} the system's, when it is not known to be durable
   */
  settle(failed: (why: Error) => void): void {
    try {
      this.carryOver();
    } catch (error) {
      failed(error as Error);
    }
    // whether it still has commits or is empty: after a power cut old commits must not come back
    using log = openLog(this.#path);
    log.syncSync();
  }

  /**
   * Carries over into the file what SQLite's log has, and empties the log. SQLite does so when it closes the file, but does not say whether it could.
   *
   * @throws {Error} SQLite's own, for example when there is no room; the log keeps everything then
   */
  carryOver(): void {
    this.database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  }

  /**
   * Upgrades the board to this version, if it is older.
   *
   * @throws {Error} SQLite's own; nothing is lost then
   */
  upgrade(): void {
    upgrade(this.database);
  }

  /**
   * Writes the version that the file has already, so that a commit has something to write. An UPDATE that changes nothing would not be written.
   *
   * @throws {Error} SQLite's own, when it cannot be written
   */
  changeNothing(): void {
    this.database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.database.close();
    if (this.#key !== undefined) openFiles.delete(this.#key);
  }
}

/**
 * Opens the file of a board, or makes one, and keeps every other store out of it until it is closed.
 *
 * @param path the file; its folder must exist
 * @throws {StoreError} when the file is not a board, is in use, or cannot be read or written; it and its logs are then left as they were. If SQLite's log has
 * anything in it, a board that is damaged or cannot be made durable stays open until the process ends
 */
export async function openDatabase(path: string): Promise<BoardFile> {
  // loaded here, for in the bundle a static import would be loaded by every command
  const { DatabaseSync } = await import("node:sqlite");
  // SQLite does not take `:memory:` and `file:…` for names of files, but it does with a folder before them
  const connect = (path: string) => new DatabaseSync(/^([a-z]:)?[\\/]/i.test(path) ? path : `./${path}`);
  const header = attempt(`Cannot open the board ${JSON.stringify(path)}`, () => readHeader(path));
  if (header === undefined) attempt(`Cannot make the board ${JSON.stringify(path)}`, () => create(path, connect));
  else checkHeader(path, header);
  return attempt(`Cannot open the board ${JSON.stringify(path)}`, () => {
    const key = fileKey(Deno.statSync(path));
    checkLog(path);
    const database = open(connect(path));
    try {
      check(database);
      makeLog(path, database);
      secureLog(path);
    } catch (error) {
      leave(path, database);
      throw error;
    }
    return new BoardFile(database, path, key);
  });
}

/** Where the redo log of a board is. */
export function redoPath(path: string): string {
  return `${path}-redo`;
}

/** Makes the board under another name and then gives it its own, so that a kill at any moment leaves a complete board or none. */
function create(path: string, connect: (path: string) => DatabaseSync): void {
  for (const log of [`${path}-wal`, redoPath(path)]) {
    if (holdsAnything(log)) throw new Error(`the file is gone, but its log ${log} is there`);
  }
  const temporary = `${path}.${crypto.randomUUID()}.new`;
  Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 }).close();
  if (Deno.build.os !== "windows") Deno.chmodSync(temporary, 0o600); // a umask may have taken it from its owner, too
  try {
    const database = connect(temporary);
    try {
      database.exec(`PRAGMA page_size = ${PAGE_SIZE}; ${SCHEMA}`);
    } finally {
      database.close();
    }
    // a link, unlike a rename, never takes the place of a board that another server has made meanwhile
    Deno.linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    if (readHeader(path) === undefined) throw new Error("the file is a link that leads nowhere");
  } finally {
    Deno.removeSync(temporary);
  }
  syncFolder(path);
}

function holdsAnything(path: string): boolean {
  try {
    return Deno.lstatSync(path).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function open(database: DatabaseSync): DatabaseSync {
  try {
    for (const [name, set, expected] of PRAGMAS) {
      database.exec(`PRAGMA ${name} = ${set}`);
      const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>;
      if (row[name] !== expected) throw new Error(`${name} is ${row[name]} and not ${expected}`);
    }
    const { page_size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
    database.exec(`PRAGMA wal_autocheckpoint = ${LOG_SIZE / page_size}`);
    database.exec(`PRAGMA cache_size = ${CACHE_SIZE / page_size}`);
    database.exec("BEGIN EXCLUSIVE; COMMIT"); // takes the lock, which exclusive locking then keeps
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A tenth of a second for a million messages; better than to serve, and write, what is damaged. */
function check(database: DatabaseSync): void {
  const [{ quick_check }] = database.prepare("PRAGMA quick_check(1)").all();
  if (quick_check !== "ok") throw new Error(`the file is damaged: ${`${quick_check}`.replace(/\s+/g, " ")}`);
}

/**
 * Makes the log, by a change that writes nothing, and makes its name durable. SQLite would make it at the first message, without checking whether the
 * folder could be synced: that message would be acknowledged, but the log could lose its name in a power cut.
 */
function makeLog(path: string, database: DatabaseSync): void {
  database.exec("UPDATE board SET highest = highest");
  syncFolder(Deno.realPathSync(path)); // it is beside the file itself, also when the path is a link
}

/**
 * Closes a database that is refused, if SQLite's log is empty. Otherwise it stays open until the process ends: SQLite would copy the log into the board and
 * remove it, even if it is not durable, or does not belong to the board because a copy of another was put in its place.
 */
function leave(path: string, database: DatabaseSync): void {
  if (holdsAnything(`${Deno.realPathSync(path)}-wal`)) unclosed.add(database);
  else database.close();
}

function attempt<T>(action: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new StoreError(`${action}: ${reason(cause as Error)}`, { cause });
  }
}

/** Why it failed, by SQLite's message, because `DatabaseSync.exec` gives no `errcode`. */
function reason(error: Error): string {
  if (error.message.includes("database is locked")) return "another server has it open";
  if (error.message.includes("readonly database")) return "its folder cannot be written";
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  return systemReason(error);
}
