/** How many bytes may be kept only for listings under way. */
const MOST_KEPT = 134_217_728;

/** Or, for a large board, how many times the bytes of a listing, if that is more. */
const MOST_TIMES = 4;

/** Bytes that listings show; they must not be changed while any listing under way shows them. */
export class Shared {
  /** The bytes. */
  readonly bytes: Uint8Array;
  readonly #underWay: ListingsUnderWay;
  #holders = 0;
  #isCurrent = true;

  /**
   * Wraps bytes that the board has and no listing shows yet.
   *
   * @param bytes owned from now on
   * @param underWay the listings that may show them
   */
  constructor(bytes: Uint8Array, underWay: ListingsUnderWay) {
    this.bytes = bytes;
    this.#underWay = underWay;
  }

  /** Whether a listing under way shows them. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Whether the board has them; if not, they are kept only for listings under way. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Call it when one more listing shows them. */
  hold(): void {
    this.#holders++;
  }

  /** Call it when a listing that showed them is over. */
  release(): void {
    if (--this.#holders === 0 && !this.#isCurrent) this.#underWay.kept -= this.bytes.length;
  }

  /** Call it when the board has other bytes in their place. */
  supersede(): void {
    if (this.#isCurrent && this.isHeld) this.#underWay.kept += this.bytes.length;
    this.#isCurrent = false;
  }
}

/** A listing that can be taken back. */
interface Held {
  /** Whether it shows bytes that the board does not have any more. */
  readonly isOld: boolean;
  takeBack(): void;
}

/**
 * The listings of a board that are being given to clients. For a client that reads slowly while others change the board, a whole copy of the board as it was is
 * kept. Beyond a bound, the oldest listings are taken back.
 */
export class ListingsUnderWay {
  /** How many bytes are kept only for them. */
  kept = 0;
  /** In the order in which they began. */
  readonly #listings = new Set<Held>();

  /** Call it when one begins. */
  add(listing: Held): void {
    this.#listings.add(listing);
  }

  /** Call it when one is over. */
  delete(listing: Held): void {
    this.#listings.delete(listing);
  }

  /**
   * Takes back as many as are too many: 128 MiB may be kept, or four times the listing, whichever is more.
   *
   * @param length of the listing as it is now, in bytes
   */
  bound(length: number): void {
    const most = Math.max(MOST_KEPT, MOST_TIMES * length);
    if (this.kept <= most) return;
    for (const listing of this.#listings) {
      if (listing.isOld) listing.takeBack();
      if (this.kept <= most) return;
    }
  }
}
