import type { StatementSync } from "node:sqlite";
import type { RedoLog } from "./redo_log.ts";
import type { BoardFile } from "./sqlite_file.ts";

/** A change that was made: a message that is added, or the id of one that is deleted. */
export type Change = [id: number, text: string] | [id: number];

/** How many changes a group in the log has at most. For a larger one to be written twice costs more than a commit of its own: 16 deep, 0.92. */
const MOST_LOGGED = 256;

/** How many changes SQLite commits together at most. What it has changed and not committed is some pages for each, and grows its log. */
const MOST_CHANGES = 8192;

/** The board as far as it must be able to go back. */
export interface Restorable {
  /** The database has just been committed. */
  committed(): void;
  /**
   * The database is at its last commit again.
   *
   * @param groups the changes since then that are durable, to be made again
   */
  restore(groups: readonly (readonly Change[])[]): void;
}

/**
 * Makes changes durable by the group. With a redo log a group is on the disk when it stands there, and SQLite's transaction stays open, until so many changes
 * are in it or the log is full. Without, and for what the log has no room for, each group is a commit of SQLite's.
 */
export class GroupCommit implements Disposable {
  readonly #file: BoardFile;
  readonly #log: RedoLog | undefined;
  readonly #board: Restorable;
  readonly #begin: StatementSync;
  readonly #setCycle: StatementSync;
  readonly #end: StatementSync;
  /** Whether a transaction is open. */
  #isOpen = false;
  /** How many changes are in it. */
  #changes = 0;
  /** Whether the log's cycle is the one that the file names. After a failed commit the file may name another one, and a group in the log could be void. */
  #hasCycle = false;
  /** Whether the database may lack groups that the log has. */
  #isBehind = true;

  /**
   * @param file its own until it is disposed of
   * @param log whose groups the database may lack; `undefined` where there is none
   * @param board told of commits, and restored
   */
  constructor(file: BoardFile, log: RedoLog | undefined, board: Restorable) {
    this.#file = file;
    this.#log = log;
    this.#board = board;
    this.#begin = file.database.prepare("BEGIN IMMEDIATE");
    this.#setCycle = file.database.prepare("UPDATE board SET redo = ?");
    this.#end = file.database.prepare("COMMIT");
  }

  /**
   * Call it before reading.
   *
   * @throws {Error} when the database lacks what is durable, and still cannot have it
   */
  catchUp(): void {
    if (!this.#isBehind) return;
    this.#hasCycle = false;
    try {
      this.#file.database.exec("ROLLBACK");
    } catch (error) {
      // after some errors SQLite has rolled back by itself
      if (!(error as Error).message.includes("no transaction is active")) throw error;
    }
    this.#isOpen = false;
    const groups: Change[][] = this.#log?.texts().map((text) => JSON.parse(text)) ?? [];
    this.#begin.run();
    this.#isOpen = true;
    this.#board.restore(groups);
    this.#changes = groups.reduce((sum, { length }) => sum + length, 0);
    this.#isBehind = false;
  }

  /** Call it after a failure to read: SQLite may have rolled back what the log has. */
  fallBehind(): void {
    this.#isBehind = true;
  }

  /**
   * Call it before the first change of a group.
   *
   * @throws {Error} when no transaction can be begun, or {@linkcode catchUp} fails
   */
  begin(): void {
    this.catchUp();
    if (this.#isOpen) return;
    this.#begin.run();
    this.#isOpen = true;
  }

  /**
   * Makes a group durable.
   *
   * @param changes those that were made since the last group
   * @throws {Error} when that cannot be: then call {@linkcode rollBack}
   */
  end(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#changes += changes.length;
    const mayBeLogged = this.#hasCycle && changes.length <= MOST_LOGGED && this.#changes <= MOST_CHANGES;
    if (!mayBeLogged || !this.#append(changes)) this.#commit();
  }

  /**
   * Undoes what was changed since the last group, after a failure. What cannot be undone yet is tried again at each {@linkcode begin}.
   *
   * What was refused may stand on the disk, whole, when only its sync has failed, and after a kill a restart would find it there. The next commit is written
   * over it, or makes it void; so that nothing is left to chance, one that changes nothing is made at once.
   */
  rollBack(): void {
    this.fallBehind();
    try {
      this.begin();
      this.#file.changeNothing();
      this.#commit();
    } catch {
      // the disk takes nothing yet: the next group is a commit, or is refused again
      this.fallBehind();
    }
  }

  /** Commits what only the log has, and removes the log. If the disk takes nothing, the log stays, for the next start. Does not close the file. */
  [Symbol.dispose](): void {
    if (this.#log === undefined) return;
    try {
      this.begin();
      this.#setCycle.run(null);
      this.#end.run();
      this.#log.remove();
    } catch {
      this.#log[Symbol.dispose]();
    }
  }

  /** Commits the transaction; the groups in the log are void from then on. */
  #commit(): void {
    const cycle = this.#log && randomCycle();
    this.#hasCycle = false;
    if (cycle !== undefined) this.#setCycle.run(cycle);
    this.#end.run();
    this.#isOpen = false;
    this.#changes = 0;
    this.#board.committed();
    if (cycle === undefined) return;
    this.#log!.begin(cycle);
    this.#hasCycle = true;
  }

  #append(changes: readonly Change[]): boolean {
    try {
      return this.#log!.append(JSON.stringify(changes));
    } catch {
      // a commit says whether the disk takes anything at all, and makes void what may stand in the log
      return false;
    }
  }
}

/** The cycle of the redo log whose groups a board's file lacks, or `null` when it lacks none. */
export function cycleOf({ database }: BoardFile): number | null {
  return (database.prepare("SELECT redo FROM board").get() as { redo: number | null }).redo;
}

/** A number that no cycle has had: whole, and positive. */
function randomCycle(): number {
  return Number(crypto.getRandomValues(new BigUint64Array(1))[0] >> 11n);
}
