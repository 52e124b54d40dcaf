import type { EscapedText } from "../../protocol/mod.ts";
import { AROUND_TEXT, ID_SIZE, JsonBytes } from "./json_bytes.ts";

/** A change: a message that was added, or the id of one that was deleted. */
export type Change = [id: number, text: string] | [id: number];

/** The brackets of a change, and a comma. */
const AROUND = 3;

/** The changes of a group, as the JSON of an array of {@linkcode Change}, built in the buffer from which the redo log writes it. */
export class ChangeList {
  readonly #json: JsonBytes;
  #isWhole = true;

  /** @param bytes the buffer; what does not fit is not kept */
  constructor(bytes: Uint8Array) {
    this.#json = new JsonBytes(bytes);
    this.clear();
  }

  /** Begins again, empty. */
  clear(): void {
    this.#json.truncate(0);
    this.#json.open();
    this.#isWhole = true;
  }

  /** Appends a message that was added. */
  add(id: number, text: EscapedText): void {
    if (!this.#hasRoom(ID_SIZE + AROUND_TEXT + text.length)) return;
    this.#json.open();
    this.#json.id(id);
    this.#json.text(text);
    this.#json.close();
  }

  /** Appends the id of a message that was deleted. */
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

  /** Once there was no room for one change, there is none for later ones either. */
  #hasRoom(size: number): boolean {
    this.#isWhole &&= size + AROUND <= this.#json.room;
    return this.#isWhole;
  }
}
