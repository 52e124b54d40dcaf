import { hashOf, RUN_BITS } from "./id_hash.ts";

/** How many ids stand side by side. */
const RUN = 1 << RUN_BITS;

/** Ids and the places of their messages: a hash table of fixed size, with open addressing in an array of numbers. At most half of it may be used. */
export class IdSlots {
  /** Each id, followed by its place plus one, or by 0 in a free slot: side by side, for the processor's cache. */
  readonly #numbers: Float64Array;
  #size = 0;
  /** Where {@linkcode moveSome} goes on; -1 when it has not begun. */
  #next = -1;

  /**
   * @param room how many slots there are; a power of two
   * @throws {RangeError} the engine's, when memory runs out
   */
  constructor(room: number) {
    this.#numbers = new Float64Array(2 * room);
  }

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /** How many slots there are. */
  get room(): number {
    return this.#numbers.length / 2;
  }

  /**
   * Whether an id is there.
   *
   * @param id a safe integer
   * @param hash its own
   */
  has(id: number, hash: number): boolean {
    return this.#numbers[this.#find(id, hash) + 1] !== 0;
  }

  /**
   * Puts an id in; there must be a free slot.
   *
   * @param id a safe integer
   * @param hash its own
   * @param place of its message, 0 or more
   * @returns whether it was not there; otherwise nothing is changed
   */
  add(id: number, hash: number, place: number): boolean {
    const numbers = this.#numbers, at = this.#find(id, hash);
    if (numbers[at + 1] !== 0) return false;
    numbers[at] = id;
    numbers[at + 1] = place + 1;
    this.#size++;
    return true;
  }

  /**
   * Takes an id out; cannot fail.
   *
   * @param id a safe integer
   * @param hash its own
   * @returns the place of its message, or `undefined` when it was not there
   */
  delete(id: number, hash: number): number | undefined {
    const at = this.#find(id, hash), place = this.#numbers[at + 1];
    if (place === 0) return undefined;
    this.#close(at);
    this.#size--;
    return place - 1;
  }

  /**
   * Moves some of the ids to another table; after the first call none may be added here. Slots without a free one between them are moved together: an id is
   * searched from its home to the next free slot, and would not be found beyond one that was emptied.
   *
   * @param other where to, with none of these ids, and room for them
   * @param count how many slots to go through; it goes on to the next free one
   * @returns whether any are left
   */
  moveSome(other: IdSlots, count: number): boolean {
    const numbers = this.#numbers, mask = numbers.length - 1;
    if (this.#next < 0) this.#next = this.#firstFree();
    for (; this.#size > 0 && (count > 0 || numbers[this.#next + 1] !== 0); count--) {
      const at = this.#next, place = numbers[at + 1];
      if (place !== 0) {
        other.add(numbers[at], hashOf(numbers[at]), place - 1);
        numbers[at + 1] = 0;
        this.#size--;
      }
      this.#next = (at + 2) & mask;
    }
    return this.#size > 0;
  }

  /** Where to begin: ids at the very beginning of the array may belong to those at its end. */
  #firstFree(): number {
    let at = 0;
    while (this.#numbers[at + 1] !== 0) at += 2;
    return at;
  }

  /** Where an id stands, or would stand. */
  #find(id: number, hash: number): number {
    const numbers = this.#numbers, mask = numbers.length - 1;
    let at = this.#home(id, hash);
    while (numbers[at + 1] !== 0 && numbers[at] !== id) at = (at + 2) & mask;
    return at;
  }

  /** Where the search for an id begins. */
  #home(id: number, hash: number): number {
    return 2 * (hash << RUN_BITS | id & (RUN - 1)) & (this.#numbers.length - 1);
  }

  /** Empties a slot, and moves ids after it closer to their homes, where they may be. */
  #close(hole: number): void {
    const numbers = this.#numbers, mask = numbers.length - 1;
    for (let at = (hole + 2) & mask; numbers[at + 1] !== 0; at = (at + 2) & mask) {
      const id = numbers[at], home = this.#home(id, hashOf(id));
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      numbers[hole] = id;
      numbers[hole + 1] = numbers[at + 1];
      hole = at;
    }
    numbers[hole + 1] = 0;
  }
}
