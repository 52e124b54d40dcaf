import { lowerBound } from "./lower_bound.ts";

/** Room at first. */
const FIRST_ROOM = 64;

/** How many removed messages a small board keeps before they are swept out. */
const SWEEP_AT = 1000;

/**
 * The messages of a board in the order of insertion: their places and ids, in arrays of numbers, which the garbage collector need not go through.
 * Those that were removed are swept out when they are the most of it.
 */
export class MessageOrder {
  /** Ascending. */
  #places = new Float64Array(FIRST_ROOM);
  /** `NaN` where a message was removed. */
  #ids = new Float64Array(FIRST_ROOM);
  #length = 0;
  #removed = 0;

  /** Makes room for one more message; what {@linkcode append} then does cannot fail. */
  reserve(): void {
    if (this.#length < this.#places.length) return;
    const room = 2 * this.#length;
    const [places, ids] = [new Float64Array(room), new Float64Array(room)];
    places.set(this.#places);
    ids.set(this.#ids);
    this.#places = places;
    this.#ids = ids;
  }

  /**
   * Puts a message at the end, in room that was reserved.
   *
   * @param place higher than all before
   * @param id its id
   */
  append(place: number, id: number): void {
    this.#places[this.#length] = place;
    this.#ids[this.#length++] = id;
  }

  /**
   * Takes a message out; cannot fail.
   *
   * @param place one that is there
   */
  remove(place: number): void {
    this.#ids[lowerBound(this.#places, this.#length, place)] = NaN;
    if (++this.#removed > SWEEP_AT + (this.#length >> 1)) this.#sweep();
  }

  /**
   * Goes through the messages from a place on.
   *
   * @param first where to begin, whether a message is there or not
   * @returns the place and id of each
   */
  *from(first: number): Generator<[place: number, id: number]> {
    for (let at = lowerBound(this.#places, this.#length, first); at < this.#length; at++) {
      if (!Number.isNaN(this.#ids[at])) yield [this.#places[at], this.#ids[at]];
    }
  }

  #sweep(): void {
    const places = this.#places, ids = this.#ids;
    let kept = 0;
    for (let at = 0; at < this.#length; at++) {
      if (Number.isNaN(ids[at])) continue;
      places[kept] = places[at];
      ids[kept++] = ids[at];
    }
    this.#length = kept;
    this.#removed = 0;
    try {
      const room = Math.max(FIRST_ROOM, 2 * kept);
      [this.#places, this.#ids] = [places.slice(0, room), ids.slice(0, room)];
    } catch {
      // no memory for smaller arrays, which would only save some: the larger ones go on
    }
  }
}
