import {
  AROUND_PLAIN_TEXT,
  escapeData,
  type EscapedText,
  formatMessage,
  LISTING_FRAME,
  type ListingForm,
  RESPONSE_END,
  responseStart,
  Status,
  writePlainMessage,
} from "../../protocol/mod.ts";
import { LatestMessages } from "./latest_messages.ts";
import { Segment } from "./listing_segment.ts";
import { ListingsUnderWay, type Shared } from "./listings_under_way.ts";
import type { Listing } from "./store.ts";

/** A message, and its place in the order of the board: a number that grows with each message added. */
export interface PlacedMessage {
  /** Higher than that of every message added before. */
  place: number;
  /** A safe integer. */
  id: number;
  /** In the form in which the board keeps it. */
  text: string | EscapedText;
}

/** Reads from the board, in order, some of the messages at places from `first` on: at least one, if there are any. */
export type ReadMessages = (first: number) => Iterable<PlacedMessage>;

/** The place of the start of the line, before all messages. */
const START = -1;

const encoder = new TextEncoder();

/** Messages that fit are encoded here, and then copied. */
const scratch = new Uint8Array(65_536);

/** The most bytes that a character takes (TextEncoder.encodeInto). */
const BYTES_PER_CHARACTER = 3;

/**
 * The listings of a board in both forms, kept encoded so that a listing after a change costs as much as the change, and not as the board. Nothing is read before
 * the first listing is asked for.
 */
export class ListingCache {
  readonly #read: ReadMessages;
  readonly #forms = new Map<ListingForm, EncodedListing>();
  readonly #underWay = new ListingsUnderWay();

  /** @param read reads from the board whose listings these are */
  constructor(read: ReadMessages) {
    this.#read = read;
  }

  /**
   * Call it when a message was put on the board, after all others.
   *
   * @param place where
   * @param id its id
   * @param text is copied
   */
  appended(place: number, id: number, text: EscapedText): void {
    for (const listing of this.#forms.values()) listing.appended(place, id, text);
  }

  /**
   * Call it when a message was taken off the board.
   *
   * @param place where it was
   */
  remove(place: number): void {
    for (const listing of this.#forms.values()) listing.remove(place);
  }

  /** Call it when the board was changed in another way: the next listing reads all of it. */
  forget(): void {
    for (const form of this.#forms.keys()) this.#forget(form);
  }

  /**
   * The listing of the board as it is now. It stays so until it is disposed of; if it never is, later listings cost some copies, until it is taken back.
   *
   * @param form one of the two forms
   * @throws {Error} what reading the board throws, or the engine's, when there is no memory for it; the next listing reads all of the board then
   */
  list(form: ListingForm): Listing {
    let listing = this.#forms.get(form);
    if (listing === undefined) this.#forms.set(form, listing = new EncodedListing(form, this.#read, this.#underWay));
    try {
      return listing.list();
    } catch (error) {
      this.#forget(form); // it may be half changed
      throw error;
    }
  }

  #forget(form: ListingForm): void {
    this.#forms.get(form)?.drop();
    this.#forms.delete(form);
  }
}

/** The listing in one form. */
class EncodedListing {
  readonly #form: ListingForm;
  readonly #read: ReadMessages;
  readonly #underWay: ListingsUnderWay;
  readonly #end: Uint8Array;
  /** The first begins with the start of the line, as if that were a message that is never removed; each message is followed by a separator. */
  #segments: Segment[];
  /** The first place that is not in a segment yet. */
  #next = 0;
  readonly #latest: LatestMessages;
  /** The line that was given out last; absent when the board has changed since. */
  #line: readonly Uint8Array[] | undefined;
  /** The length of that line, in bytes. */
  #length = 0;

  constructor(form: ListingForm, read: ReadMessages, underWay: ListingsUnderWay) {
    const { open, close } = LISTING_FRAME[form];
    this.#form = form;
    this.#read = read;
    this.#underWay = underWay;
    this.#latest = new LatestMessages(form);
    this.#segments = [Segment.of(START, encoder.encode(responseStart(Status.Ok) + escapeData(open)), underWay)];
    this.#end = encoder.encode(escapeData(close) + RESPONSE_END);
  }

  appended(place: number, id: number, text: EscapedText): void {
    this.#line = undefined;
    this.#latest.add(place, id, text);
  }

  remove(place: number): void {
    this.#line = undefined;
    if (place < this.#next) this.#segments[indexOf(this.#segments, place)].remove(place);
    else this.#latest.giveUp();
  }

  list(): Listing {
    if (this.#line === undefined) {
      this.#segments = compacted(this.#segments);
      if (this.#latest.areAll) this.#latest.forEach((place, encoded) => this.#put(place, encoded));
      else this.#encodeNew();
      this.#latest.restart();
      this.#line = this.#pieces();
      this.#length = this.#line.reduce((length, piece) => length + piece.length, 0);
    }
    this.#underWay.bound(this.#length);
    return new HeldListing(this.#line, this.#segments.map(({ shared }) => shared), this.#underWay);
  }

  /** Call it when this is not to be given out again; listings under way may still show it. */
  drop(): void {
    for (const segment of this.#segments) segment.drop();
  }

  #encodeNew(): void {
    for (let next = -1; next < this.#next;) {
      next = this.#next;
      for (const message of this.#read(next)) this.#put(message.place, encoded(message, this.#form));
    }
  }

  #put(place: number, encoded: Uint8Array): void {
    if (!this.#segments.at(-1)!.add(place, encoded)) this.#segments.push(Segment.of(place, encoded, this.#underWay));
    this.#next = place + 1;
  }

  #pieces(): Uint8Array[] {
    const last = this.#segments.at(-1)!;
    const empty = this.#segments.length === 1 && last.count === 1;
    return [
      ...this.#segments.slice(0, -1).map(({ view }) => view),
      last.ended(this.#end, empty ? 0 : 1),
    ];
  }
}

/** A listing that was given out: its bytes do not change until it is disposed of, or taken back. */
class HeldListing implements Listing {
  readonly pieces: readonly Uint8Array[];
  readonly #underWay: ListingsUnderWay;
  #held: readonly Shared[];
  #isTakenBack = false;
  #tell: (() => void) | undefined;

  constructor(pieces: readonly Uint8Array[], held: readonly Shared[], underWay: ListingsUnderWay) {
    this.pieces = pieces;
    this.#held = held;
    this.#underWay = underWay;
    for (const shared of held) shared.hold();
    underWay.add(this);
  }

  get isOld(): boolean {
    return this.#held.some(({ isCurrent }) => !isCurrent);
  }

  whenTakenBack(tell: () => void): void {
    if (this.#isTakenBack) tell();
    else this.#tell = tell;
  }

  takeBack(): void {
    this.#isTakenBack = true;
    this[Symbol.dispose]();
    this.#tell?.();
  }

  [Symbol.dispose](): void {
    for (const shared of this.#held) shared.release();
    this.#held = [];
    this.#underWay.delete(this);
  }
}

/** The segments without the gaps that removals have left; small ones are joined, so that their number stays in proportion to the board. */
function compacted(segments: readonly Segment[]): Segment[] {
  const kept: Segment[] = [];
  for (const segment of segments) {
    segment.compact();
    if (segment.count > 0 && !kept.at(-1)?.absorb(segment)) kept.push(segment);
    else segment.drop();
  }
  return kept;
}

/** A message as it stands in the line, followed by the separator; it may lie in {@linkcode scratch}. */
function encoded({ id, text }: PlacedMessage, form: ListingForm): Uint8Array {
  if (typeof text !== "string" && text.length + AROUND_PLAIN_TEXT <= scratch.length) {
    const end = writePlainMessage(scratch, 0, id, text, form);
    if (end !== undefined) return scratch.subarray(0, end);
  }
  const message = escapeData(formatMessage({ id, mensagem: `${text}` }, form) + LISTING_FRAME[form].separator);
  if (message.length * BYTES_PER_CHARACTER > scratch.length) return encoder.encode(message);
  return scratch.subarray(0, encoder.encodeInto(message, scratch).written);
}

/** The index of the segment that holds a place. */
function indexOf(segments: readonly Segment[], place: number): number {
  let low = 0, high = segments.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].last < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
