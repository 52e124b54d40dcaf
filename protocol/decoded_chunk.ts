import { tryDecodeUtf8, utf8Length } from "./utf8.ts";

const NEWLINE = 0x0a;

/** The most bytes that a UTF-16 unit stands for. */
const BYTES_PER_UNIT = 3;

/**
 * A chunk of a stream as text: decoded once for all that stands in it. A place moves
 * through it, and how many bytes it has moved is counted only when somebody asks: with pure ASCII as many as characters, and most often it is at the end then.
 */
export class DecodedChunk {
  /** Up to the last byte of ASCII, and no further: a character that the end of the chunk cuts in two must not spoil the rest. `undefined` if it is not UTF-8. */
  #text: string | undefined;
  #isAscii = false;
  /** The place, and how far its bytes are counted. */
  #at = 0;
  #counted = 0;
  /** How many bytes stand behind those that are counted. */
  #bytesLeft = 0;

  /**
   * Takes a chunk in place of the one before; the place is at its beginning.
   *
   * @param chunk any bytes
   */
  decode(chunk: Uint8Array): void {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] >= 0x80) end--;
    this.#text = tryDecodeUtf8(end < chunk.length ? chunk.subarray(0, end) : chunk);
    this.#isAscii = this.#text?.length === end;
    this.#at = this.#counted = 0;
    this.#bytesLeft = end;
  }

  /** Forgets the chunk. */
  forget(): void {
    this.#text = undefined;
    this.#isAscii = false;
    this.#at = this.#counted = 0;
  }

  /**
   * Moves behind what a pattern matches at the place.
   *
   * @param pattern sticky; it matches no white space alone
   * @param maxBytes the most that the match may have; one that may have more is left alone
   * @returns the match, or `null` when there is none
   */
  match(pattern: RegExp, maxBytes: number): RegExpExecArray | null {
    if (this.#text === undefined || this.#isAtEnd) return null;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    const units = match[0].length;
    if (BYTES_PER_UNIT * units > maxBytes && !(this.#isAscii && units <= maxBytes)) return null;
    this.#at = pattern.lastIndex;
    return match;
  }

  /** Whether nothing comes any more, or a last newline, on which no pattern need be tried. */
  get #isAtEnd(): boolean {
    const left = this.#text!.length - this.#at;
    return left === 0 || left === 1 && this.#text!.charCodeAt(this.#at) === NEWLINE;
  }

  /** How many bytes {@linkcode match} has moved over since this was last asked. */
  matchedBytes(): number {
    const from = this.#counted, to = this.#at;
    if (from === to) return 0;
    const text = this.#text!, left = text.length - to;
    // what is shorter is counted, so that it is linear in the bytes however often this is asked
    const bytes = this.#isAscii
      ? to - from
      : to - from < left
      ? utf8Length(text, from, to)
      : this.#bytesLeft - utf8Length(text, to, text.length);
    this.#counted = to;
    this.#bytesLeft -= bytes;
    return bytes;
  }

  /**
   * Moves over what was read in the bytes, once all that was matched before is counted.
   *
   * @param units its length in UTF-16 units
   * @param bytes and in bytes
   */
  skip(units: number, bytes: number): void {
    this.#counted = this.#at += units;
    this.#bytesLeft -= bytes;
  }

  /**
   * A part of a chunk that is pure ASCII.
   *
   * @param from the first byte
   * @param to the one behind the last
   * @returns `undefined` when the chunk is anything else
   */
  sliceAscii(from: number, to: number): string | undefined {
    return this.#isAscii ? this.#text!.slice(from, to) : undefined;
  }
}
