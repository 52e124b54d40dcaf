import type { EscapedText } from "../../protocol/mod.ts";
import { GoneMessages } from "./gone_messages.ts";
import { IdTable } from "./id_table.ts";
import type { PlacedMessage } from "./listing_cache.ts";
import { isGone, RUN_LENGTH } from "./run_bits.ts";
import type { RunTable } from "./run_table.ts";
import type { Result } from "./store.ts";
import { UnsavedTexts } from "./unsaved_texts.ts";

/** A run with this many bytes of text is full, however few its messages, because a message is read together with its run. */
const FULL = 8192;

/** A text of more bytes is a run by itself, so that it neither stays in the file because of a short one nor is rewritten when that is deleted. */
const LONG = 1024;

/** How many of the messages that the table lacks are read at once. */
const READ_SIZE = 64;

/** The state that a group of changes goes back to: how many messages and bytes were unsaved, and the highest id. */
interface Mark {
  length: number;
  bytes: number;
  highest: number;
}

/** A message that was deleted. */
interface Deleted {
  id: number;
  place: number;
}

/**
 * The messages of a board whose table lacks the latest changes: the ids and places of all are in memory, but only the texts that the table lacks. A change can be
 * undone, and calls SQLite only when many changes together are carried over into the table.
 */
export class StoredMessages {
  readonly #table: RunTable;
  readonly #places: IdTable;
  readonly #gone: GoneMessages;
  /** The first run of the messages below; the table may have its beginning. */
  #run: number;
  /** The ids from there on, `null` where there is no message. */
  #ids: (number | null)[] = [];
  readonly #texts = new UnsavedTexts();
  /** How many bytes of text the last run has; 0 once it is full. */
  #bytes = 0;
  #highest: number;
  #lastPlace = -1;
  #mark: Mark = { length: 0, bytes: 0, highest: 0 };
  /** What was deleted since the mark. */
  #deleted: Deleted[] = [];

  /**
   * @param table has all messages
   * @param highest the highest id that the board has ever held
   * @param count how many messages there are; 0 if that is not known
   * @throws {Error} when the table cannot be read
   */
  constructor(table: RunTable, highest: number, count = 0) {
    this.#table = table;
    this.#gone = new GoneMessages(table);
    this.#highest = highest;
    this.#run = table.last() + 1;
    this.#places = new IdTable(count);
    for (const { number, ids, gone } of table.ids()) this.#load(number, ids, gone);
  }

  /** How many messages there are. */
  get count(): number {
    return this.#places.size;
  }

  /** The highest id that the board has ever held. */
  get highest(): number {
    return this.#highest;
  }

  /** The place of the message that was added last. */
  get lastPlace(): number {
    return this.#lastPlace;
  }

  /** Makes the mark that {@linkcode undo} goes back to. */
  mark(): void {
    this.#mark = { length: this.#ids.length, bytes: this.#bytes, highest: this.#highest };
    this.#deleted = [];
  }

  /** Undoes all changes since the last {@linkcode mark}, if nothing has been {@linkcode saved} since. */
  undo(): void {
    const { length, bytes, highest } = this.#mark;
    for (let at = length; at < this.#ids.length; at++) {
      if (this.#ids[at] !== null) this.#places.delete(this.#ids[at]!);
    }
    this.#ids.length = length;
    this.#texts.truncate(length);
    this.#bytes = bytes;
    this.#highest = highest;
    for (const { id, place } of this.#deleted) {
      const at = place - this.#first;
      if (at >= length) continue;
      this.#places.add(id, place);
      if (at < 0) this.#gone.set(place, false);
      else this.#ids[at] = id;
    }
    this.#deleted = [];
  }

  /**
   * Adds a message.
   *
   * @param id `undefined` for one above the highest
   * @param text is copied
   * @returns `added`, `taken` or `exhausted`
   * @throws {RangeError} the engine's, when there is no memory for it; call {@linkcode undo} then
   */
  add(id: number | undefined = this.#highest + 1, text: EscapedText): Result {
    if (!Number.isSafeInteger(id)) return { kind: "exhausted" };
    if (text.length > LONG) {
      // checked first, so that a message which is refused does not end a run that is not full
      if (this.#places.has(id)) return { kind: "taken" };
      this.#endRun();
    }
    const place = this.#first + this.#ids.length;
    if (!this.#places.add(id, place)) return { kind: "taken" };
    this.#lastPlace = place;
    this.#ids.push(id);
    this.#texts.push(text);
    if (id > this.#highest) this.#highest = id;
    this.#bytes += text.length;
    if (this.#bytes >= FULL || text.length > LONG) this.#endRun();
    if (this.#ids.length % RUN_LENGTH === 0) this.#bytes = 0;
    return { kind: "added", id };
  }

  /**
   * Deletes a message.
   *
   * @returns its place, or `undefined` when there is none with the id
   */
  delete(id: number): number | undefined {
    const place = this.#places.delete(id);
    if (place === undefined) return undefined;
    const at = place - this.#first;
    this.#deleted.push({ id, place });
    if (at < 0) this.#gone.set(place, true);
    else this.#ids[at] = null;
    return place;
  }

  /**
   * Reads messages in order.
   *
   * @param first the place from which on
   * @returns some of them; none only when there are none
   * @throws {Error} when the table cannot be read
   */
  read(first: number): PlacedMessage[] {
    while (first < this.#first) {
      const run = this.#table.next(Math.floor(first / RUN_LENGTH), this.#run);
      if (run === undefined) break;
      const start = run.number * RUN_LENGTH, gone = this.#gone.of(run.number);
      const messages: PlacedMessage[] = [];
      for (let at = Math.max(0, first - start); at < run.ids.length; at++) {
        const id = run.ids[at], text = run.texts[at];
        if (!isGone(gone, at) && id !== null && text !== null) messages.push({ place: start + at, id, text });
      }
      if (messages.length > 0) return messages;
      first = start + RUN_LENGTH;
    }
    return this.#readLatest(Math.max(0, first - this.#first));
  }

  /**
   * Writes into the table what it lacks; call it in a transaction, and {@linkcode saved} after its end.
   *
   * @throws {Error} SQLite's own
   */
  save(): void {
    for (let at = 0; at < this.#ids.length; at += RUN_LENGTH) {
      const ids = this.#ids.slice(at, at + RUN_LENGTH);
      this.#table.put(this.#run + at / RUN_LENGTH, ids, (count) => this.#textsOf(at, ids.slice(0, count)));
    }
    this.#gone.save();
  }

  /** Call it once what {@linkcode save} has written is committed. */
  saved(): void {
    // not earlier, because {@linkcode undo} must not need memory
    this.#places.shrink();
    this.#gone.saved();
    // if the last run has room, it is written again with the next messages
    const end = this.#ids.length - this.#ids.length % RUN_LENGTH;
    for (let at = 0; at < end; at += RUN_LENGTH) {
      this.#gone.put(this.#run + at / RUN_LENGTH, this.#ids.slice(at, at + RUN_LENGTH));
    }
    this.#ids.splice(0, end);
    this.#texts.shift(end);
    this.#run += end / RUN_LENGTH;
  }

  /** The next message begins another run. */
  #endRun(): void {
    while (this.#ids.length % RUN_LENGTH !== 0) {
      this.#ids.push(null);
      this.#texts.push(null);
    }
    this.#bytes = 0;
  }

  /** The place of the first message that the table lacks, or may lack. */
  get #first(): number {
    return this.#run * RUN_LENGTH;
  }

  #load(number: number, ids: readonly (number | null)[], deleted: number): void {
    this.#gone.found(number, ids, deleted);
    const gone = this.#gone.of(number);
    for (let at = 0; at < ids.length; at++) {
      if (isGone(gone, at)) continue;
      const id = ids[at]!;
      if (!this.#places.add(id, number * RUN_LENGTH + at)) throw new Error(`id ${id} is there twice`);
      if (id > this.#highest) this.#highest = id;
    }
  }

  #readLatest(first: number): PlacedMessage[] {
    const messages: PlacedMessage[] = [];
    for (let at = first; at < this.#ids.length && messages.length === 0; at += READ_SIZE) {
      const end = Math.min(at + READ_SIZE, this.#ids.length), texts: string[] = JSON.parse(this.#texts.array(at, end));
      for (const [index, text] of texts.entries()) {
        const id = this.#ids[at + index];
        if (id !== null) messages.push({ place: this.#first + at + index, id, text });
      }
    }
    return messages;
  }

  /** The JSON of some texts, with `null` for those of messages that are gone. */
  #textsOf(first: number, ids: readonly (number | null)[]): string {
    const array = this.#texts.array(first, first + ids.length);
    if (!ids.includes(null)) return array;
    const texts: (string | null)[] = JSON.parse(array);
    return JSON.stringify(texts.map((text, at) => ids[at] === null ? null : text));
  }
}
