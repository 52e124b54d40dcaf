/** A number of bytes that all clients of a server share. */
export class Budget {
  #left: number;

  /** @param bytes that there are for all */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /**
   * Gives back what one has, and takes what it needs instead.
   *
   * @param has in bytes; 0 or what was taken last
   * @param needs in bytes; what is no more than `has` is always granted
   * @returns whether it was granted; if not, what it has is given back all the same
   */
  exchange(has: number, needs: number): boolean {
    this.#left += has;
    if (needs > this.#left) return false;
    this.#left -= needs;
    return true;
  }
}
