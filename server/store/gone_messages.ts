import { ALL, goneOf, isToBeThinned, RUN_LENGTH } from "./run_bits.ts";
import type { RunTable } from "./run_table.ts";

/** How many runs are rewritten in one transaction; others wait for the next one. */
const MOST_THINNED = 2048;

/**
 * Which messages of a table's runs are gone: a bit for each. {@linkcode save} writes the latest changes into the table; if few messages of a run are
 * left, it rewrites the run without the others.
 */
export class GoneMessages {
  readonly #table: RunTable;
  /** The runs that are not whole, and which of their messages are gone. */
  readonly #gone = new Map<number, number>();
  /** The runs that have changed, and what the table says of each. */
  #changed = new Map<number, number>();
  /** The runs that are still to be rewritten, though the table says already what is gone. */
  readonly #waiting = new Set<number>();
  /** The runs that {@linkcode save} has rewritten, and those that it has left for later. */
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
   * Call it for each run that the table has at the start.
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
   * Call it when a run was put into the table.
   *
   * @param run its number
   * @param ids of its messages
   */
  put(run: number, ids: readonly (number | null)[]): void {
    const gone = goneOf(ids);
    if (gone !== 0 && gone !== ALL) this.#gone.set(run, gone);
  }

  /**
   * Call it when a message is gone, or there again.
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
   * Writes what the table lacks; call it in a transaction, and {@linkcode saved} after its end.
   *
   * @throws {Error} SQLite's own
   */
  save(): void {
    this.#thinned = [];
    this.#postponed = [];
    // stops at the first that is too many, so that those that wait are not all gone through
    for (const run of this.#waiting) if (!this.#thin(run)) break;
    for (const [run, were] of this.#changed) {
      const gone = this.of(run);
      if (gone === were) continue;
      this.#table.putGone(run, gone);
      if (gone !== ALL && isToBeThinned(were, gone) && !this.#thin(run)) this.#postponed.push(run);
    }
  }

  /** Call it once what {@linkcode save} has written is committed. */
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

  /** Rewrites a run without the messages that are gone; false when this transaction has rewritten enough of them. */
  #thin(run: number): boolean {
    if (this.#thinned.length === MOST_THINNED) return false;
    this.#thinned.push(run);
    const gone = this.of(run);
    if (gone !== ALL) this.#table.thin(run, gone);
    return true;
  }
}
