import { EscapedText } from "../../protocol/mod.ts";
import type { PlacedMessage } from "./listing_cache.ts";

/** How many messages a page has. */
const PAGE_SIZE = 64;

/** A page with fewer bytes of text is not compacted when messages are removed, because that would save too little. */
const SMALL = 1024;

/** A text of more bytes is kept by itself, so that it is not copied because of short ones. */
const LONG = 4096;

/** Added to the length of the text of a message that was removed. */
const REMOVED = 0x8000;

/** Messages that were added one after the other. */
interface Page {
  ids: Float64Array;
  /** Their texts, in the form of {@linkcode EscapedText}, one after the other. */
  texts: Uint8Array;
  /** How many bytes each text has. */
  lengths: Uint16Array;
  /** How many are left. */
  count: number;
  /** When no more than this many are left, the page is compacted; 0 if that is not worth it. */
  halved: number;
}

/**
 * The messages of a board in the order of insertion, kept as numbers and UTF-8 in pages and not as objects and strings: the garbage collector would copy each
 * of these twice and look at it again and again, which was a third of the time of a message. The newest messages go into a page with room for more.
 */
export class MessagePages {
  /** Full pages, in order, by their number. */
  readonly #pages = new Map<number, Page>();
  /** Long texts, by the place of their message. */
  readonly #long = new Map<number, string>();
  #newest = emptyPage(new Uint8Array(LONG));
  /** How many messages were put into it. */
  #count = 0;
  /** How many bytes of text were put into it. */
  #end = 0;
  /** The number that the newest page will have. */
  #next = 0;

  /** The place of the message that is added next: a number that grows by one with each. */
  get nextPlace(): number {
    return this.#next * PAGE_SIZE + this.#count;
  }

  /**
   * Makes room for one more message; what {@linkcode append} then does cannot fail.
   *
   * @param text of that message
   * @returns the text as it is to be kept
   * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
   */
  reserve(text: EscapedText): EscapedText | string {
    if (this.#count === PAGE_SIZE) this.#endPage();
    if (text.length > LONG) return `${text}`;
    const { texts } = this.#newest;
    if (this.#end + text.length <= texts.length) return text;
    const larger = new Uint8Array(2 * texts.length);
    larger.set(texts.subarray(0, this.#end));
    this.#newest.texts = larger;
    return text;
  }

  /**
   * Puts a message at the end.
   *
   * @param id its id
   * @param text as {@linkcode reserve} has returned it
   */
  append(id: number, text: EscapedText | string): void {
    const { ids, texts, lengths } = this.#newest;
    if (typeof text === "string") {
      this.#long.set(this.nextPlace, text);
    } else {
      text.copyTo(texts, this.#end);
      lengths[this.#count] = text.length;
      this.#end += text.length;
    }
    ids[this.#count++] = id;
    this.#newest.count++;
  }

  /**
   * Takes a message out; cannot fail.
   *
   * @param place of one that is there
   */
  remove(place: number): void {
    if (this.#long.size > 0) this.#long.delete(place);
    const number = Math.floor(place / PAGE_SIZE), page = this.#pages.get(number) ?? this.#newest;
    page.lengths[place % PAGE_SIZE] += REMOVED;
    if (--page.count > page.halved || page === this.#newest) return;
    if (page.count === 0) this.#pages.delete(number);
    else this.#thin(number, page);
  }

  /**
   * Goes through the messages from a place on, in order; none may be added or removed meanwhile.
   *
   * @param first where to begin, whether a message is there or not
   */
  *from(first: number): Generator<PlacedMessage> {
    if (first < this.#next * PAGE_SIZE) {
      for (const [number, page] of this.#pages) yield* this.#messagesOf(page, number * PAGE_SIZE, PAGE_SIZE, first);
    }
    yield* this.#messagesOf(this.#newest, this.#next * PAGE_SIZE, this.#count, first);
  }

  *#messagesOf({ ids, texts, lengths }: Page, start: number, count: number, first: number): Generator<PlacedMessage> {
    if (start + count <= first) return;
    for (let at = 0, from = 0; at < count; at++) {
      const to = from + lengths[at] % REMOVED, place = start + at;
      if (lengths[at] < REMOVED && place >= first) {
        yield { place, id: ids[at], text: this.#long.get(place) ?? new EscapedText(texts, from, to) };
      }
      from = to;
    }
  }

  #thin(number: number, page: Page): void {
    try {
      this.#pages.set(number, compacted(page));
    } catch {
      // no memory for the smaller page, which would only have saved some: the next removal tries again
    }
  }

  #endPage(): void {
    const next = emptyPage(this.#newest.texts), page = compacted(this.#newest);
    if (page.count > 0) this.#pages.set(this.#next, page);
    this.#newest = next;
    this.#next++;
    this.#count = this.#end = 0;
  }
}

/** A page with room for messages, and with a buffer for their texts. */
function emptyPage(texts: Uint8Array): Page {
  return { ids: new Float64Array(PAGE_SIZE), texts, lengths: new Uint16Array(PAGE_SIZE), count: 0, halved: 0 };
}

/**
 * A page with only the texts of the messages that are left, in as many bytes as they need; the others become empty.
 *
 * @param page must not be used any more, because its arrays are reused
 * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
 */
function compacted({ ids, texts, lengths, count }: Page): Page {
  let size = 0;
  for (let at = 0; at < PAGE_SIZE; at++) if (lengths[at] < REMOVED) size += lengths[at];
  const kept = new Uint8Array(size);
  // the texts to keep are copied in runs
  let from = 0, to = 0, filled = 0;
  for (let at = 0; at < PAGE_SIZE; at++) {
    if (lengths[at] < REMOVED) {
      to += lengths[at];
      continue;
    }
    kept.set(texts.subarray(from, to), filled);
    filled += to - from;
    from = to += lengths[at] - REMOVED;
    lengths[at] = REMOVED;
  }
  kept.set(texts.subarray(from, to), filled);
  return { ids, texts: kept, lengths, count, halved: size < SMALL ? 0 : count >> 1 };
}
