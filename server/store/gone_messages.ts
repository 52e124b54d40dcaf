import { ALL, goneOf, isToBeThinned, RUN_LENGTH } from "./run_bits.ts";
import type { RunTable } from "./run_table.ts";

/** How many runs are written anew in one transaction; others wait for the next one. */
const MOST_THINNED = 2048;

/**
 * Which messages of a table's runs are gone: a bit for each. The table itself is told of the latest changes by {@linkcode save}; when few messages of a run are
 * left, that writes it anew without the others.
 */
export class GoneMessages {
  readonly #table: RunTable;
  /** The runs that are not whole, and which of their messages are gone. */
  readonly #gone = new Map<number, number>();
  /** Those that have changed, and what the table says of them. */
  #changed = new Map<number, number>();
  /** Those of which the table says what is gone, but which are still to be written anew. */
  readonly #waiting = new Set<number>();
  /** What {@linkcode save} has written anew, and what it has left for later. */
  #thinned: number[] = [];
  #postponed: number[] = [];

  /** @param table none of whose runs is known yet */
  constructor(table: RunTable) {
    this.#table = table;
  }

  /**
   * Which messages of a run are gone.
   *
   * @param run its number
   */
  of(run: number): number {
    return this.#gone.get(run) ?? 0;
  }

  /**
   * The table was found to have a run.
   *
   * @param run its number
   * @param ids of its messages
   * @param deleted which of them the table says are gone
   */
  found(run: number, ids: readonly (number | null)[], deleted: number): void {
    const absent = goneOf(ids), gone = (deleted | absent) >>> 0;
    if (gone !== 0) this.#gone.set(run, gone);
    // it was waiting when the last server ended
    if (isToBeThinned(absent, gone)) this.#waiting.add(run);
  }

  /**
   * The table was given a run.
   *
   * @param run its number
   * @param ids of its messages
   */
  put(run: number, ids: readonly (number | null)[]): void {
    const gone = goneOf(ids);
    if (gone !== 0 && gone !== ALL) this.#gone.set(run, gone);
  }

  /**
   * A message of a run is gone, or there again.
   *
   * @param place of the message
   * @param isGone false when it is there again; that needs no memory
   */
  set(place: number, isGone: boolean): void {
    const run = Math.floor(place / RUN_LENGTH), bit = 1 << (place % RUN_LENGTH), gone = this.of(run);
    if (!this.#changed.has(run)) this.#changed.set(run, gone);
    this.#gone.set(run, (isGone ? gone | bit : gone & ~bit) >>> 0);
  }

  /**
   * Tells the table what it lacks: in a transaction, after whose end {@linkcode saved} is to be called.
   *
   * @throws {Error} SQLite's own
   */
  save(): void {
    this.#thinned = [];
    this.#postponed = [];
    // no more of those that wait than are taken, however many there are
    for (const run of this.#waiting) if (!this.#thin(run)) break;
    for (const [run, were] of this.#changed) {
      const gone = this.of(run);
      if (gone === were) continue;
      this.#table.putGone(run, gone);
      if (gone !== ALL && isToBeThinned(were, gone) && !this.#thin(run)) this.#postponed.push(run);
    }
  }

  /** What {@linkcode save} has written is committed. */
  saved(): void {
    for (const run of this.#thinned) this.#waiting.delete(run);
    for (const run of this.#postponed) this.#waiting.add(run);
    for (const run of this.#changed.keys()) {
      if (this.#gone.get(run) !== ALL) continue;
      this.#gone.delete(run);
      this.#waiting.delete(run);
    }
    this.#changed = new Map();
  }

  /** Writes a run anew without the messages that are gone; false when this transaction has written enough of them. */
  #thin(run: number): boolean {
    if (this.#thinned.length === MOST_THINNED) return false;
    this.#thinned.push(run);
    const gone = this.of(run);
    if (gone !== ALL) this.#table.thin(run, gone);
    return true;
  }
}
