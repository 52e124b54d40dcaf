/** How many descriptors are kept free once it is known that there are not enough for all: for clients that are being refused, and for the store. */
const HEADROOM = 16;

/** How many clients that came when there was no room are given time to read that; more are closed as soon as they are told. */
const MAX_REFUSALS = 64;

/**
 * How many clients may be served at once: as many as allowed, and fewer once the process has run out of descriptors. How many it may open cannot be asked
 * for without a permission, so the first accept that fails says it.
 */
export class Capacity {
  #clients: number;
  #refusals = MAX_REFUSALS;

  /** @param clients as many as allowed */
  constructor(clients: number) {
    this.#clients = clients;
  }

  /** How many clients are served at once. */
  get clients(): number {
    return this.#clients;
  }

  /** How many clients at a time are given time to read that there is no room. */
  get refusals(): number {
    return this.#refusals;
  }

  /**
   * An accept has failed for want of a descriptor.
   *
   * @param open how many clients are being served
   * @returns whether the capacity is lower now, and clients above it must be let go, so that those who come can be told; otherwise those are on their way out
   */
  exhausted(open: number): boolean {
    if (open > this.#clients) return false;
    this.#clients = Math.max(1, open - Math.min(HEADROOM, open >> 1));
    this.#refusals = HEADROOM >> 1;
    return true;
  }
}
