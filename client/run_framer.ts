import { Framer, type FramerOptions, isSpace, tryDecodeUtf8 } from "../protocol/mod.ts";

/** Texts in a row from a stream. */
export interface Run {
  /** As they came, with the white space between plain ones. */
  text: string;
  /** How many there are; 1 unless they are plain. */
  count: number;
  /** Which plain kind all of them are; `undefined` for a text that is of none. */
  kind: number | undefined;
}

/** How a {@linkcode RunFramer} reads. */
export interface RunFramerOptions extends FramerOptions {
  /**
   * Sticky expressions, one for each kind of plain text. What one matches must be a complete and valid text that a `Framer` would find in the same place, with
   * nothing but white space before it, or after it where white space ends it.
   */
  kinds: () => readonly RegExp[];
  /** The last byte of every plain text; below 0x80. Chunks must not be larger than the limit of a text. */
  close: number;
}

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * Splits a stream as a `Framer` does, but takes plain texts in runs: a chunk is decoded once, an expression finds the end of each text, and none becomes
 * a string of its own. That costs a quarter of framing and parsing each. From the first text that is not plain, the rest of a chunk goes through the framer.
 */
export class RunFramer {
  readonly #framer: Framer;
  readonly #kinds: () => readonly RegExp[];
  readonly #close: number;
  #chunk: Uint8Array = NOTHING;
  /** The first byte of the chunk that the framer does not have; some bytes from there on may be decoded. */
  #at = 0;
  #decoded = false;
  /** The chunk from `#at` to the last place where a plain text can end, decoded, and how much of it is taken. */
  #text = "";
  #taken = 0;
  /** How many bytes and newlines precede `#at` in the stream. */
  #bytes = 0;
  #newlines = 0;

  /**
   * Begins with nothing held.
   *
   * @param options what is plain, and how all else is framed
   */
  constructor({ kinds, close, ...options }: RunFramerOptions) {
    this.#framer = new Framer(options);
    this.#kinds = kinds;
    this.#close = close;
  }

  /** Whether a text has begun and is not complete yet. */
  get partial(): boolean {
    return this.#framer.partial;
  }

  /** The bytes of the text that is not complete yet, or those that caused an error; not to be kept. */
  get held(): Uint8Array {
    return this.#framer.held;
  }

  /**
   * The position of a text in the stream.
   *
   * @param text the last one returned, which must be of no kind; `""` stands for the bytes {@linkcode held}
   * @returns both count from 1
   */
  placeOf(text: string): { line: number; byte: number } {
    const { held } = this.#framer, end = this.#at - held.length;
    let between = end; // the framer has skipped the white space after the text
    while (text !== "" && between > 0 && isSpace(this.#chunk[between - 1])) between--;
    let byte = this.#bytes + 1, line = this.#newlines + 1;
    for (const piece of [encoder.encode(text), this.#chunk.subarray(between, end), held]) {
      byte -= piece.length;
      line -= countNewlines(piece, NEWLINE);
    }
    return { line, byte };
  }

  /**
   * Takes more bytes. Call it only after {@linkcode next} has returned `undefined`; when it does so again, the chunk may be reused.
   *
   * @param chunk any number of bytes, cut anywhere
   */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
    this.#decoded = false;
  }

  /**
   * The next complete texts, or `undefined` when more bytes are needed.
   *
   * @param most how many at most; 0 for the next one, without looking for plain ones
   * @throws {FrameError} when the bytes held cannot become a text within the limits; nothing more can be read then
   */
  next(most: number): Run | undefined {
    for (;;) {
      const run = this.#nextRun(most);
      if (run !== undefined) return run;
      this.#leaveText();
      const text = this.#framer.next();
      if (text !== undefined) return { text, count: 1, kind: undefined };
      if (this.#at === this.#chunk.length) return undefined;
      if (most === 0) this.#decoded = true;
      this.#feed();
    }
  }

  /** As `Framer.end`. */
  end(): string | undefined {
    return this.#framer.end();
  }

  #nextRun(most: number): Run | undefined {
    const text = this.#text, from = this.#taken;
    if (from === text.length) return undefined;
    for (const [kind, plain] of this.#kinds().entries()) {
      let count = 0, to = from;
      plain.lastIndex = from;
      while (count < most && plain.test(text)) {
        to = plain.lastIndex;
        count++;
      }
      if (count === 0) continue;
      this.#taken = to;
      return { text: text.slice(from, to), count, kind };
    }
  }

  /** Moves past the part of the decoded text that has been taken. */
  #leaveText(): void {
    if (this.#text === "") return;
    const taken = this.#text.slice(0, this.#taken);
    this.#newlines += countNewlines(taken, "\n");
    this.#pass(
      taken.length === this.#text.length
        ? this.#chunk.lastIndexOf(this.#close) + 1 - this.#at
        : encoder.encode(taken).length,
    );
    this.#text = "";
    this.#taken = 0;
  }

  /** Gives the framer what ends the text that it has begun; then the decoder, once a chunk, what may be plain; then the framer the rest. */
  #feed(): void {
    const chunk = this.#chunk, at = this.#at;
    if (this.#framer.partial || this.#decoded) {
      const close = this.#decoded ? -1 : chunk.indexOf(this.#close, at);
      const piece = chunk.subarray(at, close < 0 ? chunk.length : close + 1);
      this.#newlines += countNewlines(piece, NEWLINE);
      this.#pass(piece.length);
      this.#framer.push(piece);
    } else {
      this.#decoded = true;
      // if it is not UTF-8, the framer says so
      this.#text = tryDecodeUtf8(chunk.subarray(at, chunk.lastIndexOf(this.#close) + 1)) ?? "";
    }
  }

  #pass(bytes: number): void {
    this.#at += bytes;
    this.#bytes += bytes;
  }
}

function countNewlines<T>(within: { indexOf(what: T, from?: number): number }, newline: T): number {
  let count = 0;
  for (let at = within.indexOf(newline); at >= 0; at = within.indexOf(newline, at + 1)) count++;
  return count;
}
