import { escapeData, formatMessage, LISTING_FRAME, type ListingForm, type Message } from "../../protocol/mod.ts";
import { concat } from "../pieces.ts";

/** How many messages are encoded together: what a change costs the next listing. */
const BLOCK_SIZE = 32;

/** How many characters are encoded at once, but for a longer message: a block of long ones would not fit in any text. */
const PIECE_LENGTH = 65_536;

/** A message, and its place in the order of the board: a number that grows with each message added. */
export interface PlacedMessage extends Message {
  /** Higher than that of every message added before. */
  place: number;
}

/**
 * Reads from the board, in order, the messages at places from `first` to `last`, both included, but `limit` of them at most.
 */
export type ReadMessages = (first: number, last: number, limit: number) => PlacedMessage[];

/** Messages that stand next to one another on the board, and their encoding in each form since a listing asked for it. */
interface Block {
  first: number;
  last: number;
  count: number;
  python: Uint8Array[] | undefined;
  json: Uint8Array[] | undefined;
}

/** How many bytes small pieces are put together to: what a socket takes at once. */
const OUTPUT_LENGTH = 262_144;

const encoder = new TextEncoder();

/**
 * The encoded listing of a board, kept in blocks so that a change costs one block and not the board. Nothing is read before the first listing.
 * Pieces once given out are never changed: a slow reader keeps the listing as it was.
 */
export class ListingCache {
  readonly #read: ReadMessages;
  #blocks: Block[] | undefined;
  /** The listing as it was given out last; absent when the board has changed since. */
  #given: Partial<Record<ListingForm, readonly Uint8Array[]>> = {};

  /** @param read reads from the board whose listing this is */
  constructor(read: ReadMessages) {
    this.#read = read;
  }

  /**
   * A message was put on the board.
   *
   * @param place its place
   */
  append(place: number): void {
    if (this.#blocks === undefined) return;
    this.#given = {};
    const tail = this.#blocks.at(-1);
    if (tail === undefined || tail.count >= BLOCK_SIZE) {
      this.#blocks.push(block(place, place, 1));
    } else {
      tail.last = place;
      tail.count++;
      tail.python = tail.json = undefined;
    }
  }

  /**
   * A message was taken off the board.
   *
   * @param place where it was
   */
  remove(place: number): void {
    if (this.#blocks === undefined) return;
    this.#given = {};
    const at = indexOf(this.#blocks, place);
    const changed = this.#blocks[at];
    changed.count--;
    changed.python = changed.json = undefined;
    if (changed.count === 0) this.#blocks.splice(at, 1);
    else if (!merge(this.#blocks, at)) merge(this.#blocks, at - 1);
  }

  /** The board was changed otherwise: the next listing reads all of it. */
  forget(): void {
    this.#blocks = undefined;
    this.#given = {};
  }

  /**
   * The listing, escaped for its place inside `data`, in pieces; the same array as long as the board is the same.
   *
   * @param form one of the two forms
   */
  list(form: ListingForm): readonly Uint8Array[] {
    return this.#given[form] ??= this.#put(form);
  }

  #put(form: ListingForm): Uint8Array[] {
    this.#blocks ??= this.#build(form);
    const { open, close } = LISTING_FRAME[form];
    for (const block of this.#blocks) block[form] ??= encode(this.#read(block.first, block.last, BLOCK_SIZE), form);
    const pieces = join(this.#blocks, form);
    if (pieces.length > 0) pieces[0] = pieces[0].subarray(1); // every message is encoded with a separator before it
    return [encoder.encode(open), ...pieces, encoder.encode(close)];
  }

  #build(form: ListingForm): Block[] {
    const blocks: Block[] = [];
    for (let first = 0;;) {
      const messages = this.#read(first, Number.MAX_SAFE_INTEGER, BLOCK_SIZE);
      if (messages.length === 0) return blocks;
      const last = messages[messages.length - 1].place;
      const built = block(messages[0].place, last, messages.length);
      built[form] = encode(messages, form);
      blocks.push(built);
      first = last + 1;
    }
  }
}

function block(first: number, last: number, count: number): Block {
  return { first, last, count, python: undefined, json: undefined };
}

function encode(messages: PlacedMessage[], form: ListingForm): Uint8Array[] {
  const { separator } = LISTING_FRAME[form];
  const pieces: Uint8Array[] = [];
  let text = "";
  for (const [at, message] of messages.entries()) {
    text += separator + formatMessage(message, form);
    if (text.length < PIECE_LENGTH && at < messages.length - 1) continue;
    pieces.push(encoder.encode(escapeData(text)));
    text = "";
  }
  return pieces;
}

/**
 * The encoded blocks in few pieces; the blocks then are parts of these, and nothing is held twice. Pieces in which nothing has changed are given out again, so
 * that slow readers of one listing and another hold them together. Those of long messages stay as they are.
 */
function join(blocks: readonly Block[], form: ListingForm): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let run: Block[] = [], size = 0;
  const endRun = () => {
    if (size > 0) pieces.push(joinRun(run, form));
    run = [];
    size = 0;
  };
  for (let at = 0; at < blocks.length;) {
    const block = blocks[at], [first, ...others] = block[form]!;
    const parts = others.length > 0 ? 0 : partsOf(first.buffer, blocks, at, form);
    if (others.length > 0 || parts > 0 || size + first.length > OUTPUT_LENGTH) endRun();
    if (others.length > 0) {
      pieces.push(first, ...others);
    } else if (parts > 0) {
      pieces.push(new Uint8Array(first.buffer));
    } else {
      run.push(block);
      size += first.length;
    }
    at += Math.max(1, parts);
  }
  endRun();
  return pieces;
}

/** How many blocks from there on are the parts of a piece, all of it and in order; 0 when that has changed, or is too small to be worth keeping. */
function partsOf(piece: ArrayBufferLike, blocks: readonly Block[], from: number, form: ListingForm): number {
  let end = 0, at = from;
  for (; at < blocks.length && end < piece.byteLength; at++) {
    const [part] = blocks[at][form]!;
    if (part.buffer !== piece || part.byteOffset !== end) return 0;
    end += part.length;
  }
  return end === piece.byteLength && end >= OUTPUT_LENGTH / 2 ? at - from : 0;
}

/** Puts blocks of one piece each together. */
function joinRun(run: readonly Block[], form: ListingForm): Uint8Array {
  const whole = concat(run.map((block) => block[form]![0]));
  let end = 0;
  for (const block of run) block[form] = [whole.subarray(end, end += block[form]![0].length)];
  return whole;
}

/** Makes one of two neighbours that deletions have left half empty, so that the blocks stay in proportion to the board. */
function merge(blocks: Block[], at: number): boolean {
  const left = blocks[at], right = blocks[at + 1];
  if (left === undefined || right === undefined || left.count + right.count > BLOCK_SIZE / 2) return false;
  blocks.splice(at, 2, block(left.first, right.last, left.count + right.count));
  return true;
}

/** The index of the block that holds a place. */
function indexOf(blocks: Block[], place: number): number {
  let low = 0, high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].last < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
