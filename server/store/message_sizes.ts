/** Room at first; a multiple of {@linkcode BLOCK}, as it always is. */
const FIRST_ROOM = 64;

/**
 * Sizes are summed up for each block of this many messages, so that the position of a message is found without going through all before it. The sums are searched
 * one after the other, because they lie side by side: after a listing little else is left in the processor's cache, and a binary search took three times as long.
 */
const BLOCK_BITS = 6, BLOCK = 1 << BLOCK_BITS;

/** The places on the board, in order, and the sizes in bytes of messages that stand one after the other in a buffer. */
export class MessageSizes {
  #places = new Float64Array(FIRST_ROOM);
  /** 0 for a message that was removed; these are dropped when room runs out. */
  #sizes = new Uint32Array(FIRST_ROOM);
  /** For each block, the place of its first message, and the sum of its sizes. */
  #blocks = new Float64Array(2 * FIRST_ROOM / BLOCK);
  #length = 0;
  #count = 0;

  /** How many messages there are. */
  get count(): number {
    return this.#count;
  }

  /** The place of the message that was appended last, even if that was removed. */
  get last(): number {
    return this.#places[this.#length - 1];
  }

  /**
   * Puts a message after the others.
   *
   * @param place above {@linkcode last}
   * @param size in bytes, 1 or more
   */
  append(place: number, size: number): void {
    if (this.#length === this.#places.length) this.#makeRoom();
    const at = this.#length++, block = at >> BLOCK_BITS;
    this.#places[at] = place;
    this.#sizes[at] = size;
    if (at % BLOCK === 0) this.#blocks[2 * block] = place;
    this.#blocks[2 * block + 1] += size;
    this.#count++;
  }

  /**
   * Puts the messages of another after these.
   *
   * @param other of messages with higher places
   */
  appendAll(other: MessageSizes): void {
    for (let at = 0; at < other.#length; at++) {
      if (other.#sizes[at] > 0) this.append(other.#places[at], other.#sizes[at]);
    }
  }

  /**
   * Takes messages out.
   *
   * @param places of messages that are there, ascending
   * @param start where the first message begins, in bytes
   * @returns `start`, then where each of these messages begins and where it ends, as they stood before any was taken out
   */
  remove(places: readonly number[], start: number): number[] {
    const blocks = this.#blocks, sizes = this.#sizes, edges = [start];
    const lastBlock = (this.#length - 1) >> BLOCK_BITS;
    // from here on start is where the block begins, not counting what was taken out before it
    let block = 0, removed = 0;
    let at = 0, byte = start;
    for (const place of places) {
      if (block < lastBlock && blocks[2 * block + 2] <= place) {
        do start += blocks[2 * block++ + 1]; while (block < lastBlock && blocks[2 * block + 2] <= place);
        at = block << BLOCK_BITS;
        byte = start + removed;
      }
      while (this.#places[at] < place) byte += sizes[at++];
      const size = sizes[at];
      edges.push(byte, byte += size);
      removed += size;
      blocks[2 * block + 1] -= size;
      sizes[at++] = 0;
      this.#count--;
    }
    return edges;
  }

  #makeRoom(): void {
    const places = this.#places, sizes = this.#sizes, length = this.#length;
    const room = 2 * this.#count > length ? 2 * length : length;
    this.#places = new Float64Array(room);
    this.#sizes = new Uint32Array(room);
    this.#blocks = new Float64Array(2 * room / BLOCK);
    this.#length = this.#count = 0;
    for (let at = 0; at < length; at++) if (sizes[at] > 0) this.append(places[at], sizes[at]);
  }
}
