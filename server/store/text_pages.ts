/** How many texts a page has. */
const PAGE_SIZE = 64;

/** A page of fewer bytes is not made anew when texts of it are not wanted any more, until none is: that would save too little. */
const SMALL = 1024;

/** A text of more characters than this is kept by itself: a page is decoded as a whole. */
const LONG = 4096;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts that were added one after the other, joined and encoded. */
interface Page {
  bytes: Uint8Array;
  /** How many characters each has, in order; its complement when the text is not wanted any more. */
  lengths: Int32Array;
  /** How many of them are wanted. */
  wanted: number;
  /** With how many it is made anew without the others; 0 when it is not worth it. */
  halved: number;
}

/**
 * Texts, kept as UTF-8 in pages and not as so many strings: the garbage collector would copy each of these twice and look at it again and again, which
 * took a message a third of its time. The newest ones wait as strings until a page is full.
 */
export class TextPages {
  readonly #pages = new Map<number, Page>();
  readonly #long = new Map<number, string>();
  #newest: string[] = [];
  /** The number of the page that they will be. */
  #next = 0;
  #newestWanted = 0;
  /** The page that was decoded last. */
  #decoded = { page: -1, text: "" };

  /** Makes room for one more text; what {@linkcode append} then does cannot fail. */
  reserve(): void {
    if (this.#newest.length < PAGE_SIZE) return;
    if (this.#newestWanted > 0) this.#pages.set(this.#next, pageWith(this.#newest, this.#newestWanted));
    this.#next++;
    this.#newest = [];
    this.#newestWanted = 0;
  }

  /**
   * Keeps a text, in room that was reserved.
   *
   * @param place one above that of the text before, from 0
   * @param text well-formed Unicode
   */
  append(place: number, text: string): void {
    const isLong = text.length > LONG;
    if (isLong) this.#long.set(place, text);
    this.#newest.push(isLong ? "" : text);
    this.#newestWanted++;
  }

  /**
   * A text that is kept.
   *
   * @param place where it was put
   */
  read(place: number): string {
    const long = this.#long.get(place);
    if (long !== undefined) return long;
    const number = pageOf(place), page = this.#pages.get(number), index = place % PAGE_SIZE;
    if (page === undefined) return this.#newest[index];
    if (this.#decoded.page !== number) this.#decoded = { page: number, text: decoder.decode(page.bytes) };
    let start = 0;
    for (let before = 0; before < index; before++) start += lengthOf(page, before);
    return this.#decoded.text.slice(start, start + lengthOf(page, index));
  }

  /**
   * Forgets a text.
   *
   * @param place where it was put
   */
  remove(place: number): void {
    this.#long.delete(place);
    const number = pageOf(place), page = this.#pages.get(number), index = place % PAGE_SIZE;
    if (page === undefined) {
      this.#newest[index] = "";
      this.#newestWanted--;
      return;
    }
    page.lengths[index] = ~page.lengths[index];
    page.wanted--;
    if (page.wanted > page.halved) return;
    if (page.wanted === 0) this.#pages.delete(number);
    else this.#pages.set(number, halved(page));
    this.#decoded = { page: -1, text: "" };
  }
}

function pageOf(place: number): number {
  return Math.floor(place / PAGE_SIZE);
}

function lengthOf({ lengths }: Page, index: number): number {
  return lengths[index] < 0 ? ~lengths[index] : lengths[index];
}

function pageWith(texts: readonly string[], wanted: number): Page {
  const lengths = new Int32Array(texts.length), bytes = encoder.encode(texts.join(""));
  for (let index = 0; index < texts.length; index++) lengths[index] = texts[index].length;
  return { bytes, lengths, wanted, halved: bytes.length < SMALL ? 0 : wanted >> 1 };
}

/** The page with those texts only that are wanted; the others are empty. */
function halved(page: Page): Page {
  const text = decoder.decode(page.bytes), texts: string[] = [];
  for (let index = 0, start = 0; index < page.lengths.length; index++) {
    const end = start + lengthOf(page, index);
    texts.push(page.lengths[index] < 0 ? "" : text.slice(start, end));
    start = end;
  }
  return pageWith(texts, page.wanted);
}
