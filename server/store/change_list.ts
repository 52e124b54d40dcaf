import type { EscapedText } from "../../protocol/mod.ts";
import { AROUND_TEXT, ID_SIZE, JsonBytes } from "./json_bytes.ts";

/** A change that was made: a message that is added, or the id of one that is deleted. */
export type Change = [id: number, text: string] | [id: number];

/** The brackets of a change, and a comma. */
const AROUND = 3;

/** The changes of a group, as the JSON of an array of {@linkcode Change}, put together where the redo log writes it from. */
export class ChangeList {
  readonly #json: JsonBytes;
  #isWhole = true;

  /** @param bytes where, and how much there is room for */
  constructor(bytes: Uint8Array) {
    this.#json = new JsonBytes(bytes);
    this.clear();
  }

  /** Begins anew. */
  clear(): void {
    this.#json.truncate(0);
    this.#json.open();
    this.#isWhole = true;
  }

  /** Puts a message that was added at the end. */
  add(id: number, text: EscapedText): void {
    if (!this.#hasRoom(ID_SIZE + AROUND_TEXT + text.length)) return;
    this.#json.open();
    this.#json.id(id);
    this.#json.text(text);
    this.#json.close();
  }

  /** Puts a message that was deleted at the end. */
  delete(id: number): void {
    if (!this.#hasRoom(ID_SIZE)) return;
    this.#json.open();
    this.#json.id(id);
    this.#json.close();
  }

  /**
   * Ends it; it must have changes.
   *
   * @returns how many bytes it has, or `undefined` when there was no room for all changes
   */
  end(): number | undefined {
    if (!this.#isWhole) return undefined;
    this.#json.close();
    return this.#json.length - 1;
  }

  /** A list that lacks one change is to have none behind it, either. */
  #hasRoom(size: number): boolean {
    this.#isWhole &&= size + AROUND <= this.#json.room;
    return this.#isWhole;
  }
}
