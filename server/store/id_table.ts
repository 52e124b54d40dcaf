import { hashOf } from "./id_hash.ts";
import { IdSlots } from "./id_slots.ts";

/** How many slots there are at first; a power of two, as it always is. */
const FIRST_ROOM = 64;

/** How many slots of the outgrown table each change empties: enough to empty it long before the next one is outgrown. */
const STEP = 16;

/**
 * Ids and the places of their messages. When the table grows, each change moves a few ids, so that no change takes long: moving all at once took 0.15 s at
 * a million ids and 0.7 s at four million. A `Map` takes three to six times as long for an id of a large board, the garbage collector goes through it again and
 * again, and it holds at most 2^24 entries.
 */
export class IdTable {
  #slots: IdSlots;
  /** The outgrown slots, with the ids that have not been moved yet. */
  #old: IdSlots | undefined;

  /** @param count how many ids to make room for at first */
  constructor(count = 0) {
    let room = FIRST_ROOM;
    while (room < 2 * count) room *= 2;
    this.#slots = new IdSlots(room);
  }

  /** How many ids there are. */
  get size(): number {
    return this.#slots.size + (this.#old?.size ?? 0);
  }

  /**
   * Puts an id in.
   *
   * @param id a safe integer
   * @param place of its message, 0 or more
   * @returns whether it was not there; otherwise nothing is changed
   * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
   */
  add(id: number, place: number): boolean {
    this.#moveSome();
    if (2 * this.size >= this.#slots.room) this.#makeRoom(2 * this.#slots.room);
    const hash = hashOf(id);
    if (this.#old?.has(id, hash)) return false;
    return this.#slots.add(id, hash, place);
  }

  /**
   * Takes an id out; cannot fail. As many as were taken out can be put in again without room being made, until {@linkcode shrink}.
   *
   * @param id a safe integer
   * @returns the place of its message, or `undefined` when it was not there
   */
  delete(id: number): number | undefined {
    this.#moveSome();
    const hash = hashOf(id);
    return this.#slots.delete(id, hash) ?? this.#old?.delete(id, hash);
  }

  /**
   * Whether an id is there.
   *
   * @param id a safe integer
   */
  has(id: number): boolean {
    const hash = hashOf(id);
    return this.#slots.has(id, hash) || this.#old?.has(id, hash) === true;
  }

  /** Begins to shrink the table if little of it is used any more; the next changes move the ids. Cannot fail. */
  shrink(): void {
    const { room, size } = this.#slots;
    if (this.#old !== undefined || 16 * size >= room || room === FIRST_ROOM) return;
    try {
      this.#makeRoom(Math.max(FIRST_ROOM, room / 4));
    } catch {
      // no memory for the smaller table, which would only have saved some: the next call tries again
    }
  }

  #makeRoom(room: number): void {
    const slots = new IdSlots(room);
    this.#old = this.#slots;
    this.#slots = slots;
  }

  #moveSome(): void {
    if (this.#old !== undefined && !this.#old.moveSome(this.#slots, STEP)) this.#old = undefined;
  }
}
