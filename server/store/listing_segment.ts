import { type ListingsUnderWay, Shared } from "./listings_under_way.ts";
import { MessageSizes } from "./message_sizes.ts";

/** The most bytes of a segment, unless a single message is longer. */
const MOST_BYTES = 1_048_576;

/** A message of more bytes begins a new segment, so that it is not copied because of shorter ones before it. */
const LONG = MOST_BYTES / 8;

/** The room of a new segment, in bytes. */
const FIRST_BYTES = 4096;

/** Up to this many numbers are sorted by insertion. */
const FEW = 16;

/** The room that is kept for the end of the line after all messages, in bytes. */
const END_BYTES = 16;

/**
 * Encoded messages that are neighbours on the board, in one buffer with room before and after them. Bytes that listings under way show are never
 * changed; they are copied first.
 */
export class Segment {
  readonly #underWay: ListingsUnderWay;
  #shared: Shared;
  /** Where the messages begin and end. */
  #start = 0;
  #end = 0;
  readonly #sizes = new MessageSizes();
  /** The places of messages that are still in the buffer, but not on the board any more. */
  #removed: number[] = [];
  /** The last byte of the messages, while the end of the listing is written over it. */
  #covered: number | undefined;

  private constructor(room: number, underWay: ListingsUnderWay) {
    this.#underWay = underWay;
    this.#shared = new Shared(new Uint8Array(room), underWay);
  }

  /**
   * A segment that has one message.
   *
   * @param place of that message
   * @param encoded that message
   * @param underWay the listings that may show it
   */
  static of(place: number, encoded: Uint8Array, underWay: ListingsUnderWay): Segment {
    const segment = new Segment(Math.max(FIRST_BYTES, encoded.length) + END_BYTES, underWay);
    segment.#put(place, encoded);
    return segment;
  }

  /** The buffer, of which {@linkcode view} is a part. */
  get shared(): Shared {
    return this.#shared;
  }

  /** The messages, encoded; removed ones stay until {@linkcode compact}. */
  get view(): Uint8Array {
    return this.#shared.bytes.subarray(this.#start, this.#end);
  }

  /** How many messages there are; removed ones count until {@linkcode compact}. */
  get count(): number {
    return this.#sizes.count;
  }

  /** No message here has a place above this, and all messages of later segments have. */
  get last(): number {
    return this.#sizes.last;
  }

  /**
   * Puts a message after the others.
   *
   * @param place of the message, above {@linkcode last}
   * @param encoded the message
   * @returns false when it must begin the next segment
   * @throws {RangeError} the engine's, when there is no memory for it
   */
  add(place: number, encoded: Uint8Array): boolean {
    // also if the message begins another segment, because this one is not the last then
    this.#uncover();
    if (encoded.length > LONG || !this.#reserve(encoded.length)) return false;
    this.#put(place, encoded);
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

  /**
   * Closes the gaps of removed messages. The longest stretch between two gaps stays where it is, and all others move towards it: with four gaps, half of the
   * segment moves, where closing them towards the beginning would move four fifths.
   *
   * @throws {RangeError} the engine's, when there is no memory for it
   */
  compact(): void {
    if (this.#removed.length === 0) return;
    this.#uncover();
    this.#makeOwn();
    const { bytes } = this.#shared;
    // run 0 is from edge 0 to edge 1, run 2 from edge 2 to edge 3
    const edges = this.#sizes.remove(sort(this.#removed), this.#start);
    edges.push(this.#end);
    const size = (run: number) => edges[run + 1] - edges[run];
    this.#removed = [];
    let longest = 0;
    for (let run = 2; run < edges.length; run += 2) if (size(run) > size(longest)) longest = run;
    [this.#start, this.#end] = [edges[longest], edges[longest + 1]];
    for (let run = longest - 2; run >= 0; run -= 2) {
      this.#start -= size(run);
      bytes.copyWithin(this.#start, edges[run], edges[run + 1]);
    }
    for (let run = longest + 2; run < edges.length; run += 2) {
      bytes.copyWithin(this.#end, edges[run], edges[run + 1]);
      this.#end += size(run);
    }
  }

  /**
   * Takes over the messages of the segment after this one, if the two together leave half of a segment free.
   *
   * @returns false when they do not
   */
  absorb(other: Segment): boolean {
    const more = other.#end - other.#start;
    if (this.#end - this.#start + more > MOST_BYTES / 2) return false;
    other.#uncover();
    if (!this.#reserve(more)) return false;
    this.#shared.bytes.set(other.view, this.#end);
    this.#end += more;
    this.#sizes.appendAll(other.#sizes);
    return true;
  }

  /** Call it when the board does not need it any more; listings under way may. */
  drop(): void {
    this.#shared.supersede();
  }

  /**
   * The messages, and the end of the listing after them, which stays until the messages change.
   *
   * @param end at most 16 bytes, always the same
   * @param over 1 when it takes the place of the last byte of the messages, or 0
   */
  ended(end: Uint8Array, over: 0 | 1): Uint8Array {
    if (this.#covered === undefined) {
      this.#makeOwn();
      this.#covered = this.#shared.bytes[this.#end - 1];
      this.#shared.bytes.set(end, this.#end - over);
    }
    return this.#shared.bytes.subarray(this.#start, this.#end - over + end.length);
  }

  /** Removes the end of the listing again. */
  #uncover(): void {
    if (this.#covered === undefined) return;
    this.#makeOwn();
    this.#shared.bytes[this.#end - 1] = this.#covered;
    this.#covered = undefined;
  }

  #put(place: number, encoded: Uint8Array): void {
    this.#shared.bytes.set(encoded, this.#end);
    this.#sizes.append(place, encoded.length);
    this.#end += encoded.length;
  }

  /** Leaves a buffer that listings under way show to them, and goes on with a copy. */
  #makeOwn(): void {
    if (this.#shared.isHeld) this.#moveTo(new Uint8Array(this.#shared.bytes.length));
  }

  /** Makes room for that many more bytes after the messages; false when they would be too many. */
  #reserve(more: number): boolean {
    const { bytes, isHeld } = this.#shared, room = bytes.length - END_BYTES;
    if (this.#end + more <= room) return true;
    const needed = this.#end - this.#start + more;
    if (needed > MOST_BYTES) return false;
    // moving the messages is worth it only if enough room before them is gained
    if (needed <= room - room / 8) this.#moveTo(isHeld ? new Uint8Array(bytes.length) : bytes);
    else if (room >= MOST_BYTES) return false;
    else this.#moveTo(new Uint8Array(Math.min(MOST_BYTES, 2 * needed) + END_BYTES));
    return true;
  }

  /** Moves the messages to the beginning of a buffer. */
  #moveTo(bytes: Uint8Array): void {
    const { view } = this;
    bytes.set(view);
    if (bytes !== this.#shared.bytes) {
      this.#shared.supersede();
      this.#shared = new Shared(bytes, this.#underWay);
    }
    this.#start = 0;
    this.#end = view.length;
  }
}

/** Sorts numbers in ascending order. A few, as there are between two listings, are sorted here before the engine's `sort` would have begun. */
function sort(numbers: number[]): number[] {
  if (numbers.length > FEW) return numbers.sort((a, b) => a - b);
  for (let at = 1; at < numbers.length; at++) {
    const number = numbers[at];
    let to = at;
    for (; to > 0 && numbers[to - 1] > number; to--) numbers[to] = numbers[to - 1];
    numbers[to] = number;
  }
  return numbers;
}
