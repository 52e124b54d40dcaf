/** How many descriptors are kept free once there have been too few: for clients that are being refused, and for the store. */
const HEADROOM = 16;

/** How many refused clients at a time are given time to read why; others are closed as soon as they are told. */
const MAX_REFUSALS = 64;

/**
 * How many clients may be served at once: as many as allowed, and fewer once the process has run out of descriptors. Asking the system for that number would
 * need a permission, so the first accept that fails tells it.
 */
export class Capacity {
  #clients: number;
  #refusals = MAX_REFUSALS;

  /** @param clients how many are allowed */
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
   * Call it when an accept has failed because no descriptor was left.
   *
   * @param open how many clients are being served
   * @returns whether the capacity is lower now, so that the clients above it must be let go; if not, those above it are leaving already
   */
  exhausted(open: number): boolean {
    if (open > this.#clients) return false;
    this.#clients = Math.max(1, open - Math.min(HEADROOM, open >> 1));
    this.#refusals = HEADROOM >> 1;
    return true;
  }
}
