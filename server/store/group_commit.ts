import type { StatementSync } from "node:sqlite";
import type { RedoLog } from "./redo_log.ts";
import type { BoardFile } from "./sqlite_file.ts";
import type { StoredMessages } from "./stored_messages.ts";
import { inTransaction } from "./transaction.ts";

/** A change that was made: a message that is added, or the id of one that is deleted. */
export type Change = [id: number, text: string] | [id: number];

/** How many changes a group in the log has at most. For a larger one to be written twice costs more than a commit of its own: 16 deep, 0.92. */
const MOST_LOGGED = 256;

/** How many changes the database may lack. */
const MOST_CHANGES = 8192;

/**
 * Makes changes durable by the group. With a redo log a group is on the disk when it stands there, and the database lacks it until it lacks so many, or the log
 * is full. Without, and for what the log has no room for, each group is a commit of the database.
 */
export class GroupCommit implements Disposable {
  readonly #file: BoardFile;
  readonly #log: RedoLog | undefined;
  readonly #messages: StoredMessages;
  readonly #setBoard: StatementSync;
  /** How many changes the database lacks. */
  #changes = 0;
  /** Whether the log's cycle is the one that the file names. After a failed commit the file may name another one, and a group in the log could be void. */
  #hasCycle = false;

  /**
   * @param file its own until it is disposed of
   * @param log whose groups the database may lack; `undefined` where there is none
   * @param messages have all that the log has
   */
  constructor(file: BoardFile, log: RedoLog | undefined, messages: StoredMessages) {
    this.#file = file;
    this.#log = log;
    this.#messages = messages;
    this.#setBoard = file.database.prepare("UPDATE board SET highest = ?, messages = ?, redo = ?");
  }

  /**
   * Makes a group durable.
   *
   * @param changes those that were made since the last group
   * @throws {Error} when that cannot be: then undo them, and call {@linkcode failed}
   */
  end(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const mayBeLogged = this.#hasCycle && changes.length <= MOST_LOGGED &&
      this.#changes + changes.length <= MOST_CHANGES;
    if (mayBeLogged && this.#append(changes)) this.#changes += changes.length;
    else this.#commit();
  }

  /**
   * Call it when a group has failed and was undone.
   *
   * What was refused may stand on the disk, whole, when only its sync has failed, and after a kill a restart would find it there. The next commit is written
   * over it, or makes it void; so that nothing is left to chance, one is made at once, whether or not there is anything to be committed.
   */
  failed(): void {
    try {
      this.#commit(() => this.#file.changeNothing());
    } catch {
      // the disk takes nothing yet: the next group is a commit, or is refused again
    }
  }

  /** Commits what only the log has, and removes the log. If the disk takes nothing, the log stays, for the next start. Does not close the file. */
  [Symbol.dispose](): void {
    if (this.#log === undefined) return;
    try {
      this.#carryOver(null);
      this.#log.remove();
    } catch {
      this.#log[Symbol.dispose]();
    }
  }

  /** Commits all that the database lacks; the groups in the log are void from then on. */
  #commit(also?: () => void): void {
    const cycle = this.#log === undefined ? null : randomCycle();
    this.#hasCycle = false;
    this.#carryOver(cycle, also);
    this.#changes = 0;
    if (cycle === null) return;
    this.#log!.begin(cycle);
    this.#hasCycle = true;
  }

  #carryOver(cycle: number | null, also?: () => void): void {
    inTransaction(this.#file.database, () => {
      this.#messages.save();
      this.#setBoard.run(this.#messages.highest, this.#messages.count, cycle);
      also?.();
    });
    this.#messages.saved();
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

/** A number that no cycle has had: whole, and positive. */
function randomCycle(): number {
  return Number(crypto.getRandomValues(new BigUint64Array(1))[0] >> 11n);
}
