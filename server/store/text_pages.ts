import { EscapedText } from "../../protocol/mod.ts";
import { AROUND_TEXT, JsonBytes } from "./json_bytes.ts";

/** How many texts a page has. */
const PAGE_SIZE = 64;

/** A page of fewer bytes is not made anew when texts of it are not wanted any more, until none is: that would save too little. */
const SMALL = 1024;

/** A text of more bytes is kept by itself: a page is read as a whole. */
const LONG = 4096;

const NO_TEXT = EscapedText.of("");

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts that were added one after the other. */
interface Page {
  /** All of them: a JSON array in UTF-8. */
  json: Uint8Array;
  /** 1 for each that is not wanted any more. */
  unwanted: Uint8Array;
  /** How many are wanted. */
  wanted: number;
  /** With how many it is made anew without the others; 0 when it is not worth it. */
  halved: number;
}

/**
 * Texts, kept as UTF-8 in pages and not as so many strings: the garbage collector would copy each of these twice and look at it again and again, which
 * took a message a third of its time. The newest ones wait in a buffer until a page is full.
 */
export class TextPages {
  readonly #pages = new Map<number, Page>();
  readonly #long = new Map<number, string>();
  readonly #newest = new JsonBytes();
  #newestUnwanted = new Uint8Array(PAGE_SIZE);
  #newestCount = 0;
  /** The text for which room was reserved, if it is long. */
  #reservedLong: string | undefined;
  /** The number of the page that they will be. */
  #next = 0;
  /** The page that was read last, and how much of it there was, in bytes. */
  #read: { page: number; texts: readonly string[]; end: number } = { page: -1, texts: [], end: 0 };

  /** Makes room for one more text; what {@linkcode append} then does cannot fail. */
  reserve(text: EscapedText): void {
    if (this.#newestCount === PAGE_SIZE) this.#endPage();
    this.#reservedLong = text.length > LONG ? `${text}` : undefined;
    this.#newest.reserve(AROUND_TEXT + Math.min(text.length, LONG));
  }

  /**
   * Keeps a text, in room that was reserved for it.
   *
   * @param place one above that of the text before, from 0
   */
  append(place: number, text: EscapedText): void {
    const long = this.#reservedLong;
    if (long !== undefined) this.#long.set(place, long);
    this.#newest.text(long === undefined ? text : NO_TEXT);
    this.#newestCount++;
  }

  /**
   * A text that is kept.
   *
   * @param place where it was put
   */
  read(place: number): string {
    const long = this.#long.get(place);
    if (long !== undefined) return long;
    const number = pageOf(place), index = place % PAGE_SIZE;
    if (this.#read.page !== number || index >= this.#read.texts.length) this.#readPage(number);
    return this.#read.texts[index];
  }

  /**
   * Forgets a text; cannot fail.
   *
   * @param place where it was put
   */
  remove(place: number): void {
    this.#long.delete(place);
    const number = pageOf(place), page = this.#pages.get(number), index = place % PAGE_SIZE;
    if (page === undefined) {
      this.#newestUnwanted[index] = 1;
      return;
    }
    page.unwanted[index] = 1;
    page.wanted--;
    if (page.wanted > page.halved) return;
    if (page.wanted === 0) this.#pages.delete(number);
    else this.#thin(number, page);
    this.#read = { page: -1, texts: [], end: 0 };
  }

  #thin(number: number, page: Page): void {
    try {
      this.#pages.set(number, thinned(textsOf(page.json), page.unwanted));
    } catch {
      // no memory for what would only save some: the next removal tries again
    }
  }

  #readPage(number: number): void {
    const page = this.#pages.get(number);
    if (page !== undefined) this.#read = { page: number, texts: textsOf(page.json), end: 0 };
    else this.#readNewest();
  }

  /** Reads those of the newest that have come since they were read last. */
  #readNewest(): void {
    const { page, texts, end: start } = this.#read, end = this.#newest.length;
    const before = page === this.#next ? texts : [], from = page === this.#next ? start : 0;
    this.#read = { page: this.#next, texts: [...before, ...JSON.parse(this.#newest.array(from, end))], end };
  }

  #endPage(): void {
    const newest = this.#newest.array(0, this.#newest.length), unwanted = this.#newestUnwanted;
    const page = unwanted.includes(1) ? thinned(JSON.parse(newest), unwanted) : pageWith(newest, unwanted);
    const next = new Uint8Array(PAGE_SIZE);
    if (page.wanted > 0) this.#pages.set(this.#next, page);
    this.#next++;
    this.#newest.truncate(0);
    this.#newestUnwanted = next;
    this.#newestCount = 0;
  }
}

function pageOf(place: number): number {
  return Math.floor(place / PAGE_SIZE);
}

function textsOf(json: Uint8Array): string[] {
  return JSON.parse(decoder.decode(json));
}

function pageWith(array: string, unwanted: Uint8Array): Page {
  const json = encoder.encode(array), wanted = unwanted.reduce((count, is) => count - is, PAGE_SIZE);
  return { json, unwanted, wanted, halved: json.length < SMALL ? 0 : wanted >> 1 };
}

/** A page with those texts only that are wanted; the others are empty. */
function thinned(texts: readonly string[], unwanted: Uint8Array): Page {
  return pageWith(JSON.stringify(texts.map((text, index) => unwanted[index] === 1 ? "" : text)), unwanted);
}
