/** Room at first; a power of two, as it always is. */
const FIRST_ROOM = 64;

/** Ids that follow one another stand side by side, so many at a time: clients count, and what is side by side is in the processor's cache. */
const RUN_BITS = 3, RUN = 1 << RUN_BITS;

/** Odd numbers whose bits look random: multiplied by them, numbers spread. */
const SPREAD = 0x9e3779b1, SPREAD_AGAIN = 0x85ebca6b;

/** Numbers of 32 bits. */
const WORD = 2 ** 32;

/**
 * Ids and the places of their messages: a hash table with open addressing in arrays of numbers. A `Map` takes three to six times as long for an id of a
 * large board, the garbage collector goes through it again and again, and it ends at 2^24 entries.
 */
export class IdTable {
  #ids: Float64Array;
  /** One more than the place; 0 where nothing is. */
  #places: Float64Array;
  #size = 0;
  /** Drawn by chance, so that nobody can choose ids that all have the same home. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0];

  /** @param count how many ids there is to be room for at first */
  constructor(count = 0) {
    let room = FIRST_ROOM;
    while (room < 2 * count) room *= 2;
    this.#ids = new Float64Array(room);
    this.#places = new Float64Array(room);
  }

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Puts an id in.
   *
   * @param id a safe integer
   * @param place of its message, 0 or more
   * @returns whether it was not there; otherwise nothing is changed
   */
  add(id: number, place: number): boolean {
    if (2 * this.#size >= this.#ids.length) this.#resize(2 * this.#ids.length);
    const at = this.#find(id);
    if (this.#places[at] !== 0) return false;
    this.#ids[at] = id;
    this.#places[at] = place + 1;
    this.#size++;
    return true;
  }

  /**
   * Takes an id out; cannot fail. As many as were taken out can be put in again without room being made, until {@linkcode shrink}.
   *
   * @param id a safe integer
   * @returns the place of its message, or `undefined` when it was not there
   */
  delete(id: number): number | undefined {
    const at = this.#find(id), place = this.#places[at];
    if (place === 0) return undefined;
    this.#close(at);
    this.#size--;
    return place - 1;
  }

  /** Gives room back of which little is needed any more; cannot fail. */
  shrink(): void {
    if (16 * this.#size >= this.#ids.length || this.#ids.length === FIRST_ROOM) return;
    try {
      this.#resize(this.#ids.length / 4);
    } catch {
      // no memory for smaller arrays, which would only save some: the next call tries again
    }
  }

  /** Where an id stands, or would stand. */
  #find(id: number): number {
    const ids = this.#ids, places = this.#places, mask = ids.length - 1;
    let at = this.#home(id);
    while (places[at] !== 0 && ids[at] !== id) at = (at + 1) & mask;
    return at;
  }

  /** Where the search for an id begins. */
  #home(id: number): number {
    const run = (id >>> RUN_BITS) ^ Math.imul(Math.floor(id / WORD), SPREAD_AGAIN);
    const spread = Math.imul(run ^ this.#seed, SPREAD);
    // the higher bits of a product depend on all bits of its factors
    const hashed = Math.imul(spread ^ (spread >>> 15), SPREAD_AGAIN) >>> (Math.clz32(this.#ids.length) + 1 + RUN_BITS);
    return hashed * RUN + (id & (RUN - 1));
  }

  /** Empties a place, and moves up those behind it that may stand nearer to their home. */
  #close(hole: number): void {
    const ids = this.#ids, places = this.#places, mask = ids.length - 1;
    for (let at = (hole + 1) & mask; places[at] !== 0; at = (at + 1) & mask) {
      if (((at - this.#home(ids[at])) & mask) < ((at - hole) & mask)) continue;
      ids[hole] = ids[at];
      places[hole] = places[at];
      hole = at;
    }
    places[hole] = 0;
  }

  #resize(room: number): void {
    const ids = this.#ids, places = this.#places;
    const [newIds, newPlaces] = [new Float64Array(room), new Float64Array(room)]; // both, or nothing is changed
    this.#ids = newIds;
    this.#places = newPlaces;
    for (let from = 0; from < ids.length; from++) {
      if (places[from] === 0) continue;
      const at = this.#find(ids[from]);
      newIds[at] = ids[from];
      newPlaces[at] = places[from];
    }
  }
}
