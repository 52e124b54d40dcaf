import { hashOf, RUN_BITS } from "./id_hash.ts";

/** Room at first; a power of two, as it always is. */
const FIRST_ROOM = 64;

/** How many ids stand side by side. */
const RUN = 1 << RUN_BITS;

/** Ids whose hashes begin alike, and the places of their messages: a hash table with open addressing in an array of numbers, at most half full. */
export class IdBucket {
  /** How many of their highest bits the hashes have in common. */
  readonly bits: number;
  /** Each id, and behind it one more than the place, or 0 where nothing is: side by side, for the processor's cache. */
  #numbers: Float64Array;
  #size = 0;

  /**
   * @param bits how many of their highest bits the hashes will have in common
   * @param room for half as many ids; a power of two
   */
  constructor(bits: number, room: number = FIRST_ROOM) {
    this.bits = bits;
    this.#numbers = new Float64Array(2 * room);
  }

  /** Twice as many ids as there may be. */
  get room(): number {
    return this.#numbers.length / 2;
  }

  /** Whether room must be made before another id is put in. */
  get isFull(): boolean {
    return 2 * this.#size >= this.room;
  }

  /** Whether little of the room is needed. */
  get isSparse(): boolean {
    return 16 * this.#size < this.room && this.room > FIRST_ROOM;
  }

  /**
   * Puts an id in; the bucket must not be full.
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
   * Makes it larger or smaller.
   *
   * @param room more than twice as many ids as there are; a power of two
   * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
   */
  resize(room: number): void {
    const other = new IdBucket(this.bits, room);
    this.moveTo(other, other);
    this.#numbers = other.#numbers;
  }

  /**
   * Puts all its ids into others, which must have room; cannot fail.
   *
   * @param zero is given those whose hash has a 0 behind the bits in common
   * @param one is given those with a 1
   */
  moveTo(zero: IdBucket, one: IdBucket): void {
    const numbers = this.#numbers, bit = 31 - this.bits;
    for (let at = 0; at < numbers.length; at += 2) {
      if (numbers[at + 1] === 0) continue;
      const id = numbers[at], hash = hashOf(id), other = (hash >>> bit & 1) === 0 ? zero : one;
      other.add(id, hash, numbers[at + 1] - 1);
    }
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

  /** Empties a place, and moves up those behind it that may stand nearer to their home. */
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
