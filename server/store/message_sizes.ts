import { lowerBound } from "./lower_bound.ts";

/** Room at first; a multiple of {@linkcode BLOCK}, as it always is. */
const FIRST_ROOM = 64;

/** The sizes of so many messages are summed up, so that where one begins is found without going through all before it. */
const BLOCK_BITS = 6, BLOCK = 1 << BLOCK_BITS;

/** Of messages that stand one behind the other in a buffer: their places on the board, in order, and how many bytes each takes. */
export class MessageSizes {
  #places = new Float64Array(FIRST_ROOM);
  /** 0 where a message was removed; these are swept out when there is no room for more. */
  #sizes = new Uint32Array(FIRST_ROOM);
  /** The sum of the sizes of each block. */
  #sums = new Float64Array(FIRST_ROOM / BLOCK);
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
   * Puts a message behind the others.
   *
   * @param place above {@linkcode last}
   * @param size in bytes, 1 or more
   */
  append(place: number, size: number): void {
    if (this.#length === this.#places.length) this.#makeRoom();
    this.#places[this.#length] = place;
    this.#sizes[this.#length] = size;
    this.#sums[this.#length >> BLOCK_BITS] += size;
    this.#length++;
    this.#count++;
  }

  /**
   * Puts the messages of another behind the others.
   *
   * @param other of messages behind these
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
   * @returns where each begins and ends, in bytes from the beginning of the first message, as all of them stand before this
   */
  remove(places: readonly number[]): number[] {
    const sizes = this.#sizes, sums = this.#sums, edges: number[] = [];
    let at = 0, byte = 0;
    for (const place of places) {
      const gap = lowerBound(this.#places, this.#length, place);
      while (at < gap) {
        if (at % BLOCK === 0 && at + BLOCK <= gap) {
          byte += sums[at >> BLOCK_BITS];
          at += BLOCK;
        } else {
          byte += sizes[at++];
        }
      }
      edges.push(byte, byte += sizes[gap]);
      // from here on nothing in this block is skipped, so its sum may change
      sums[gap >> BLOCK_BITS] -= sizes[gap];
      sizes[gap] = 0;
      at = gap + 1;
      this.#count--;
    }
    return edges;
  }

  #makeRoom(): void {
    const places = this.#places, sizes = this.#sizes, length = this.#length;
    const room = 2 * this.#count > length ? 2 * length : length;
    this.#places = new Float64Array(room);
    this.#sizes = new Uint32Array(room);
    this.#sums = new Float64Array(room / BLOCK);
    this.#length = this.#count = 0;
    for (let at = 0; at < length; at++) if (sizes[at] > 0) this.append(places[at], sizes[at]);
  }
}
