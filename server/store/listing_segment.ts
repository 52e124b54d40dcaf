import { lowerBound } from "./lower_bound.ts";

/** How many bytes a segment has at most, but for a longer message: what a socket takes at once. */
const MOST_BYTES = 262_144;

/** The room of a new segment, in bytes and in messages. */
const FIRST_BYTES = 4096, FIRST_MESSAGES = 64;

/** The most bytes that a character takes (TextEncoder.encodeInto). */
const BYTES_PER_CHARACTER = 3;

const encoder = new TextEncoder();

/** Bytes that listings under way show. */
export interface Shared {
  readonly bytes: Uint8Array;
  /** How many listings under way there are; while there are any, the bytes that they show must not be changed. */
  holders: number;
}

/** Encoded messages that stand next to one another on the board, in one buffer. */
export class Segment {
  #shared: Shared;
  #length = 0;
  /** Of each message, in order, its place and how many bytes it takes. */
  #places = new Float64Array(FIRST_MESSAGES);
  #sizes = new Uint32Array(FIRST_MESSAGES);
  #count = 0;
  /** The places of messages that are still in the buffer, but not on the board any more. */
  #removed: number[] = [];

  private constructor(room: number) {
    this.#shared = { bytes: new Uint8Array(room), holders: 0 };
  }

  /**
   * A segment that has one message.
   *
   * @param place of that message
   * @param text its encoding as text
   */
  static of(place: number, text: string): Segment {
    const most = text.length * BYTES_PER_CHARACTER;
    const segment = new Segment(most > MOST_BYTES ? encoder.encode(text).length : Math.max(FIRST_BYTES, most));
    segment.#put(place, text);
    return segment;
  }

  /** The buffer, of which {@linkcode view} is a part. */
  get shared(): Shared {
    return this.#shared;
  }

  /** The messages, encoded; what is removed is there until {@linkcode compact}. */
  get view(): Uint8Array {
    return this.#shared.bytes.subarray(0, this.#length);
  }

  /** Whether no message is left. */
  get empty(): boolean {
    return this.#count === 0;
  }

  /** The place of the last message. */
  get last(): number {
    return this.#places[this.#count - 1];
  }

  /**
   * Puts a message behind the others. What listings under way show is not touched.
   *
   * @param place of the message, above {@linkcode last}
   * @param text its encoding as text
   * @returns false when there is no room for it
   */
  add(place: number, text: string): boolean {
    if (!this.#reserve(text.length * BYTES_PER_CHARACTER)) return false;
    this.#put(place, text);
    return true;
  }

  /**
   * Takes a message out.
   *
   * @param place of a message that is there
   */
  remove(place: number): void {
    this.#removed.push(place);
  }

  /** Closes the gaps of the messages that were removed: in place, unless a listing under way shows them. */
  compact(): void {
    if (this.#removed.length === 0) return;
    const { bytes, holders } = this.#shared, target = holders > 0 ? new Uint8Array(bytes.length) : bytes;
    const places = this.#places, sizes = this.#sizes;
    let kept = 0, end = 0, from = 0, byte = 0;
    // moves what stands from `from` on before the gap to where the last gap began
    const close = (gap: number, gapByte: number) => {
      target.set(bytes.subarray(byte, gapByte), end);
      places.copyWithin(kept, from, gap);
      sizes.copyWithin(kept, from, gap);
      kept += gap - from;
      end += gapByte - byte;
    };
    for (const place of this.#removed.sort((a, b) => a - b)) {
      const gap = lowerBound(places, this.#count, place);
      let gapByte = byte;
      for (let at = from; at < gap; at++) gapByte += sizes[at];
      close(gap, gapByte);
      from = gap + 1;
      byte = gapByte + sizes[gap];
    }
    close(this.#count, this.#length);
    this.#removed = [];
    this.#count = kept;
    this.#length = end;
    if (target !== bytes) this.#shared = { bytes: target, holders: 0 };
  }

  /**
   * Takes over the messages of the segment behind this one, when the two together leave half of a segment free.
   *
   * @returns false when they do not
   */
  absorb(other: Segment): boolean {
    if (this.#length + other.#length > MOST_BYTES / 2 || !this.#reserve(other.#length)) return false;
    this.#shared.bytes.set(other.view, this.#length);
    this.#length += other.#length;
    for (let at = 0; at < other.#count; at++) this.#append(other.#places[at], other.#sizes[at]);
    return true;
  }

  #put(place: number, text: string): void {
    const { written } = encoder.encodeInto(text, this.#shared.bytes.subarray(this.#length));
    this.#append(place, written);
    this.#length += written;
  }

  #append(place: number, size: number): void {
    if (this.#count === this.#places.length) {
      this.#places = grown(this.#places, new Float64Array(2 * this.#count));
      this.#sizes = grown(this.#sizes, new Uint32Array(2 * this.#count));
    }
    this.#places[this.#count] = place;
    this.#sizes[this.#count++] = size;
  }

  /** Makes room for that many more bytes; false when they would be too many. */
  #reserve(more: number): boolean {
    const { bytes } = this.#shared, needed = this.#length + more;
    if (needed <= bytes.length) return true;
    if (needed > MOST_BYTES) return false;
    this.#shared = { bytes: grown(bytes, new Uint8Array(Math.min(MOST_BYTES, 2 * needed))), holders: 0 };
    return true;
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
