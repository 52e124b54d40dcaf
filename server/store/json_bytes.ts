import { type EscapedText, MOST_INTEGER_BYTES, writeInteger } from "../../protocol/mod.ts";

const QUOTE = 0x22, COMMA = 0x2c, OPEN = 0x5b, CLOSE = 0x5d;
const NULL = new TextEncoder().encode("null,");

/** The size of the buffer at first, and the most unused room that it keeps, in bytes. */
const FIRST_ROOM = 4096, MOST_UNUSED = 1_048_576;

/** The most bytes of an id with its comma. */
export const ID_SIZE = MOST_INTEGER_BYTES + 1;

/** The bytes of a `null` with its comma. */
export const NULL_SIZE = NULL.length;

/** The bytes around a text: its quotes and a comma. */
export const AROUND_TEXT = 3;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Builds arrays as JSON, in UTF-8, in a buffer. Each element is followed by a comma, which the end of its array replaces. */
export class JsonBytes {
  #bytes: Uint8Array;
  #length = 0;

  /** @param bytes the buffer; {@linkcode reserve} replaces it by a larger one if need be */
  constructor(bytes: Uint8Array = new Uint8Array(FIRST_ROOM)) {
    this.#bytes = bytes;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** How many more bytes the buffer takes. */
  get room(): number {
    return this.#bytes.length - this.#length;
  }

  /**
   * Makes room, without which nothing may be put.
   *
   * @param size in bytes
   * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
   */
  reserve(size: number): void {
    if (size > this.room) this.#move(Math.max(2 * this.#bytes.length, this.#length + size));
  }

  /** Puts the beginning of an array; it takes one byte. */
  open(): void {
    this.#bytes[this.#length++] = OPEN;
  }

  /** Puts the end of an array that has elements, and a comma, which takes one byte. */
  close(): void {
    this.#bytes[this.#length - 1] = CLOSE;
    this.#bytes[this.#length++] = COMMA;
  }

  /** Puts a text; it takes {@linkcode AROUND_TEXT} more bytes than it has. */
  text(text: EscapedText): void {
    const bytes = this.#bytes, start = this.#length + 1, end = start + text.length;
    bytes[start - 1] = bytes[end] = QUOTE;
    text.copyTo(bytes, start);
    bytes[end + 1] = COMMA;
    this.#length = end + 2;
  }

  /** Puts an id; it takes {@linkcode ID_SIZE} bytes at most. */
  id(id: number): void {
    const end = writeInteger(this.#bytes, this.#length, id);
    this.#bytes[end] = COMMA;
    this.#length = end + 1;
  }

  /** Puts a `null`; it takes {@linkcode NULL_SIZE} bytes. */
  null(): void {
    this.#bytes.set(NULL, this.#length);
    this.#length += NULL_SIZE;
  }

  /** Forgets everything after so many bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Forgets so many bytes at the beginning; cannot fail. */
  shift(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    if (this.room <= MOST_UNUSED) return;
    try {
      this.#move(Math.max(FIRST_ROOM, this.#length));
    } catch {
      // no memory for a smaller buffer, which would only have saved some: the larger one stays
    }
  }

  /**
   * Some of the elements, as an array by themselves.
   *
   * @param from where the first begins, in bytes
   * @param to where the last ends, after its comma
   */
  array(from: number, to: number): string {
    return from === to ? "[]" : `[${decoder.decode(this.#bytes.subarray(from, to - 1))}]`;
  }

  #move(room: number): void {
    const bytes = new Uint8Array(room);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}
