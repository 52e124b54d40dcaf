/** For how long the event loop may be busy without a rest, and what shows that it has had one between two reads, in milliseconds. */
const BUSY = 50, IDLE = 10;

/** A timer that comes so late shows that the loop has not rested, in milliseconds; in a rest it takes some 2. */
const LATE = 4;

/** A rest is over after so many timers, whatever they show. */
const MOST_TIMERS = 20;

/**
 * Lets the event loop rest now and then. Tokio asks the system for what is new when the loop rests, or at every 61st turn of it, and clients that send more than
 * is read at once keep it busy with long turns: without this, one that sent `{}` without end made all others wait for five seconds.
 */
export class Breather {
  readonly #now: () => number;
  #since = -Infinity;
  #last = -Infinity;
  /** How many times somebody has come here. */
  #count = 0;
  #rest: Promise<void> | undefined;

  /** @param now the clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * After a read that may have taken long to answer.
   *
   * @param since when it came, by that clock
   * @returns what to wait for before the next one, or `undefined` when there is nothing to wait for
   */
  next(since: number): Promise<void> | undefined {
    if (since - this.#last > IDLE) this.#since = since;
    this.#last = this.#now();
    this.#count++;
    if (this.#rest === undefined && this.#last - this.#since > BUSY) this.#rest = this.#take();
    return this.#rest;
  }

  /** The loop rests once all who keep it busy wait here. */
  async #take(): Promise<void> {
    let count: number, late: boolean, timers = 0;
    do {
      count = this.#count;
      const begin = this.#now();
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#since = this.#now();
      late = this.#since - begin > LATE;
    } while ((late || count !== this.#count) && ++timers < MOST_TIMERS);
    this.#rest = undefined;
  }
}
