import { AROUND_PLAIN_TEXT, type EscapedText, type ListingForm, writePlainMessage } from "../../protocol/mod.ts";

/** How many bytes there are at most. */
const ROOM = 65_536;

/**
 * The messages that have come since the last listing, encoded for the next one at once, while their texts are at hand as bytes: the next listing would have to
 * read each from the board, as a string, and encode that. Only plain texts are kept, and not too many; the board has them all anyway.
 */
export class LatestMessages {
  readonly #form: ListingForm;
  readonly #bytes = new Uint8Array(ROOM);
  readonly #places: number[] = [];
  /** Where each ends. */
  readonly #ends: number[] = [];
  #areAll = false;

  /** @param form of the listing */
  constructor(form: ListingForm) {
    this.#form = form;
  }

  /** Whether all messages since {@linkcode restart} are here; if not, none are. */
  get areAll(): boolean {
    return this.#areAll;
  }

  /** Call it when a listing was made: no message has come since. */
  restart(): void {
    this.giveUp();
    this.#areAll = true;
  }

  /** Forgets the messages: the next listing must read them from the board. */
  giveUp(): void {
    this.#areAll = false;
    this.#places.length = this.#ends.length = 0;
  }

  /**
   * Call it when a message has come.
   *
   * @param place its own, above those before
   * @param id its id
   * @param text is copied
   */
  add(place: number, id: number, text: EscapedText): void {
    if (!this.#areAll) return;
    const start = this.#end, hasRoom = start + text.length + AROUND_PLAIN_TEXT <= ROOM;
    const end = hasRoom ? writePlainMessage(this.#bytes, start, id, text, this.#form) : undefined;
    if (end === undefined) return this.giveUp();
    this.#places.push(place);
    this.#ends.push(end);
  }

  /**
   * Goes through the messages, in order.
   *
   * @param take is given a place, and the bytes of its message and separator, which do not change until another message comes
   */
  forEach(take: (place: number, encoded: Uint8Array) => void): void {
    let start = 0;
    for (let at = 0; at < this.#places.length; at++) {
      take(this.#places[at], this.#bytes.subarray(start, this.#ends[at]));
      start = this.#ends[at];
    }
  }

  get #end(): number {
    return this.#ends.length === 0 ? 0 : this.#ends[this.#ends.length - 1];
  }
}
