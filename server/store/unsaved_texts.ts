import type { EscapedText } from "../../protocol/mod.ts";
import { AROUND_TEXT, JsonBytes, NULL_SIZE } from "./json_bytes.ts";

/** The texts that the table lacks, in the form in which they will be written into it. */
export class UnsavedTexts {
  readonly #json = new JsonBytes();
  /** Where each ends, in bytes, including its comma. */
  readonly #ends: number[] = [];

  /**
   * Appends a text, or `null` where there is none.
   *
   * @param text is copied
   * @throws {RangeError} the engine's, when there is no memory for it; {@linkcode truncate} undoes what was done so far
   */
  push(text: EscapedText | null): void {
    if (text === null) {
      this.#json.reserve(NULL_SIZE);
      this.#json.null();
    } else {
      this.#json.reserve(AROUND_TEXT + text.length);
      this.#json.text(text);
    }
    this.#ends.push(this.#json.length);
  }

  /** Forgets all but the first `count`. */
  truncate(count: number): void {
    this.#json.truncate(this.#endOf(count));
    this.#ends.length = count;
  }

  /** Forgets the first `count`. */
  shift(count: number): void {
    const end = this.#endOf(count);
    this.#json.shift(end);
    // in place: a new array could be of another kind for V8, which would then throw away the code compiled for this one
    this.#ends.splice(0, count);
    for (let at = 0; at < this.#ends.length; at++) this.#ends[at] -= end;
  }

  /**
   * Some of them, as a JSON array.
   *
   * @param from the first
   * @param to the one after the last
   */
  array(from: number, to: number): string {
    return this.#json.array(this.#endOf(from), this.#endOf(to));
  }

  /** Where the first `count` end. */
  #endOf(count: number): number {
    return count === 0 ? 0 : this.#ends[count - 1];
  }
}
