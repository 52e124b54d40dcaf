import type { StatementSync } from "node:sqlite";
import type { EscapedText } from "../../protocol/mod.ts";
import { ChangeList } from "./change_list.ts";
import type { RedoLog } from "./redo_log.ts";
import type { BoardFile } from "./sqlite_file.ts";
import type { StoredMessages } from "./stored_messages.ts";
import { inTransaction } from "./transaction.ts";

/** The most changes of a group in the log. Writing a larger one twice costs more than a commit of its own: with requests 16 deep, 0.92 of the throughput. */
const MOST_LOGGED = 256;

/** How many changes the database may lack. */
const MOST_CHANGES = 8192;

/**
 * Makes changes durable in groups. Without a redo log each group is a commit of the database. With one, a group is durable once it is appended to the log, and
 * the database is brought up to date after {@linkcode MOST_CHANGES} changes, or when a group is too large for the log or finds no room in it.
 */
export class GroupCommit implements Disposable {
  readonly #file: BoardFile;
  readonly #log: RedoLog | undefined;
  readonly #messages: StoredMessages;
  readonly #setBoard: StatementSync;
  /** The group in the form for the log. */
  readonly #list: ChangeList | undefined;
  /** How many changes the group has. */
  #count = 0;
  /** How many changes the database lacks. */
  #changes = 0;
  /** Whether the log's cycle is the one that the file names. After a failed commit the file may name another one, and a group in the log could be void. */
  #hasCycle = false;
  readonly #unlogged: (why: Error) => void;
  #isTold = false;

  /**
   * @param file its own until it is disposed of
   * @param log whose groups the database may lack; `undefined` where there is none
   * @param messages have all that the log has
   * @param unlogged told why a group could not be written into the log, and is to be committed instead
   */
  constructor(
    file: BoardFile,
    log: RedoLog | undefined,
    messages: StoredMessages,
    unlogged: (why: Error) => void,
  ) {
    this.#file = file;
    this.#log = log;
    this.#list = log && new ChangeList(log.text);
    this.#messages = messages;
    this.#unlogged = unlogged;
    this.#setBoard = file.database.prepare("UPDATE board SET highest = ?, messages = ?, redo = ?");
  }

  /** A message was added: a change of the group. */
  added(id: number, text: EscapedText): void {
    if (++this.#count <= MOST_LOGGED) this.#list?.add(id, text);
  }

  /** A message was deleted: a change of the group. */
  deleted(id: number): void {
    if (++this.#count <= MOST_LOGGED) this.#list?.delete(id);
  }

  /**
   * Makes the group durable, and begins another.
   *
   * @throws {Error} when that fails: then undo its changes, and call {@linkcode failed}
   */
  end(): void {
    const count = this.#count;
    if (count === 0) return;
    const mayBeLogged = this.#hasCycle && count <= MOST_LOGGED && this.#changes + count <= MOST_CHANGES;
    if (mayBeLogged && this.#append()) this.#changes += count;
    else this.#commit();
    this.#begin();
  }

  /**
   * Call it when a group has failed and was undone.
   *
   * What was refused may stand on the disk, whole, when only its sync has failed, and after a kill a restart would find it there. The next commit is written
   * over it, or makes it void; so that nothing is left to chance, one is made at once, whether or not there is anything to be committed.
   */
  failed(): void {
    this.#begin();
    try {
      this.#commit(() => this.#file.changeNothing());
    } catch {
      // the disk takes nothing yet: the next group is a commit, or is refused again
    }
  }

  /**
   * Commits what only the log has, and removes the log. Does not close the file.
   *
   * @throws {Error} when the disk does not take it: the log stays then, for the next start
   */
  [Symbol.dispose](): void {
    using log = this.#log;
    if (log === undefined) return;
    this.#carryOver(null);
    log.remove();
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

  #begin(): void {
    this.#count = 0;
    this.#list?.clear();
  }

  #append(): boolean {
    try {
      const length = this.#list!.end();
      return length !== undefined && this.#log!.append(length);
    } catch (error) {
      // only the first of several failures in a row
      if (this.#changes > 0 || !this.#isTold) this.#unlogged(error as Error);
      this.#isTold = true;
      // the commit that follows shows whether the disk takes anything at all, and makes void what may stand in the log
      return false;
    }
  }
}

/** A number that no cycle has had: whole, and positive. */
function randomCycle(): number {
  return Number(crypto.getRandomValues(new BigUint64Array(1))[0] >> 11n);
}
