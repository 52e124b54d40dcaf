/** A number of bytes that all clients of a server share. */
export class Budget {
  #left: number;

  /** @param bytes how many there are for all clients together */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /**
   * Gives back what a client has, and takes what it needs instead.
   *
   * @param has in bytes; 0 or what it took last
   * @param needs in bytes; no more than `has` is always granted
   * @returns whether it was granted; if not, `has` is given back all the same
   */
  exchange(has: number, needs: number): boolean {
    this.#left += has;
    if (needs > this.#left) return false;
    this.#left -= needs;
    return true;
  }
}
