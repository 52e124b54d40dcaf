/** How many bytes may be kept for listings under way alone. */
const MOST_KEPT = 134_217_728;

/** And how many times the bytes of a listing, for a large board. */
const MOST_TIMES = 4;

/** Bytes that listings show; they must not be changed while any listing under way shows them. */
export class Shared {
  /** The bytes. */
  readonly bytes: Uint8Array;
  readonly #underWay: ListingsUnderWay;
  #holders = 0;
  #isCurrent = true;

  /**
   * Bytes that the board has, and nobody is shown yet.
   *
   * @param bytes their own from now on
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

  /** Whether the board has them; if not, they are kept for listings under way alone. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** One more listing shows them. */
  hold(): void {
    this.#holders++;
  }

  /** A listing that has shown them is over. */
  release(): void {
    if (--this.#holders === 0 && !this.#isCurrent) this.#underWay.kept -= this.bytes.length;
  }

  /** The board has other bytes in their place. */
  supersede(): void {
    if (this.#isCurrent && this.isHeld) this.#underWay.kept += this.bytes.length;
    this.#isCurrent = false;
  }
}

/** A listing that can be taken back. */
interface Held {
  /** Whether it shows bytes that the board has no more. */
  readonly isOld: boolean;
  takeBack(): void;
}

/**
 * The listings of a board that are being given to clients. For a client that reads slowly while others change the board, the board as it was is kept, whole.
 * There is a bound to that, beyond which the oldest listings are taken back.
 */
export class ListingsUnderWay {
  /** How many bytes are kept for their sake alone. */
  kept = 0;
  /** In the order in which they have begun. */
  readonly #listings = new Set<Held>();

  /** One has begun. */
  add(listing: Held): void {
    this.#listings.add(listing);
  }

  /** One is over. */
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
