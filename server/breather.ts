/** How long heavy work may go on without a rest of the event loop, in milliseconds. */
const BUSY = 50;

/** After this time without heavy work, in milliseconds, the loop has had its rest. */
const IDLE = 100;

/** A timer this late, in milliseconds, shows that the loop has not rested; at rest it takes some 2. */
const LATE = 4;

/** A rest is over after this many timers, whatever they show. */
const MOST_TIMERS = 20;

/**
 * Lets the event loop rest now and then. Tokio asks the system for new events when the loop rests, or at every 61st turn, and clients that send or ask for a lot
 * keep it busy with long turns: without this, one that sent `{}` without end made all others wait for five seconds. After a rest those who wait go on, one per
 * turn, because thirty at once would make one long turn.
 */
export class Breather {
  readonly #now: () => number;
  #since = -Infinity;
  #last = -Infinity;
  /** Those who wait, in order: at most one for each connection. */
  #waiting: (() => void)[] = [];
  /** How many have ever come here to wait. */
  #count = 0;
  #resting = false;

  /** @param now the clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Call it between two pieces of work that may take some milliseconds each: a batch of requests, a large read, a mebibyte of a listing.
   *
   * @returns what to wait for before the next one, or `undefined` when there is nothing to wait for
   */
  next(): Promise<void> | undefined {
    const now = this.#now();
    if (now - this.#last > IDLE) this.#since = now;
    this.#last = now;
    if (!this.#resting && now - this.#since <= BUSY) return undefined;
    this.#count++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#resting) this.#letRest();
    return promise;
  }

  async #letRest(): Promise<void> {
    this.#resting = true;
    while (this.#waiting.length > 0) {
      await this.#rest();
      do {
        this.#waiting.shift()!();
        await new Promise((resolve) => setImmediate(resolve));
      } while (this.#waiting.length > 0 && this.#now() - this.#since <= BUSY);
    }
    this.#resting = false;
  }

  /** Waits until the loop has rested, which it does once all who keep it busy wait here. */
  async #rest(): Promise<void> {
    let count: number, late: boolean, timers = 0;
    do {
      count = this.#count;
      const begin = this.#now();
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#since = this.#now();
      late = this.#since - begin > LATE;
    } while ((late || count !== this.#count) && ++timers < MOST_TIMERS);
  }
}
