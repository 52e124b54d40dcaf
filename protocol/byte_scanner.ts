import { EscapedText } from "./escaped_text.ts";
import { characterLength } from "./utf8.ts";

const SPACE = 0x20, TAB = 0x09, NEWLINE = 0x0a, RETURN = 0x0d;
const QUOTE = 0x22, BACKSLASH = 0x5c, ZERO = 0x30, NINE = 0x39, FIRST_BEYOND_ASCII = 0x80;

/** An integer of this many digits is safe, whatever the digits. */
const MOST_DIGITS = 15;

/** Reads through bytes: each call consumes what it expects, if that comes next. */
export class ByteScanner {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** The index of the next byte. */
  at: number;

  /**
   * Begins at an index.
   *
   * @param bytes any
   * @param at where to begin
   * @param end the index after the last of them
   */
  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = at;
  }

  /** Skips JSON white space, if there is any. */
  skipSpace(): void {
    const bytes = this.#bytes;
    while (this.at < this.#end && isSpace(bytes[this.at])) this.at++;
  }

  /** Skips one space, if there is one. */
  skipOneSpace(): void {
    if (this.at < this.#end && this.#bytes[this.at] === SPACE) this.at++;
  }

  /**
   * Skips what is expected, if it comes next.
   *
   * @returns whether it did
   */
  takes(expected: Uint8Array): boolean {
    const bytes = this.#bytes, start = this.at, end = start + expected.length;
    if (end > this.#end) return false;
    for (let index = 0; index < expected.length; index++) {
      if (bytes[start + index] !== expected[index]) return false;
    }
    this.at = end;
    return true;
  }

  /**
   * Consumes digits: 15 at most, without leading zeros.
   *
   * @returns their number, or -1 when there are none
   */
  takeNumber(): number {
    const bytes = this.#bytes, start = this.at, end = Math.min(start + MOST_DIGITS, this.#end);
    let number = 0, at = start;
    while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) {
      number = 10 * number + bytes[at++] - ZERO;
      if (number === 0) break;
    }
    this.at = at;
    return at > start ? number : -1;
  }

  /**
   * Consumes the rest of a JSON string without escapes, and its closing quote.
   *
   * @returns the text before the quote; `undefined` for anything else, and {@linkcode at} then means nothing
   */
  takeText(): EscapedText | undefined {
    const bytes = this.#bytes, start = this.at, end = this.#end;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return new EscapedText(bytes, start, at);
      }
      if (byte < SPACE || byte === BACKSLASH) return undefined;
      const length = byte < FIRST_BEYOND_ASCII ? 1 : characterLength(bytes, at, end);
      if (length === 0) return undefined;
      at += length;
    }
    return undefined;
  }
}

/** Whether a byte is white space between JSON texts. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
}
