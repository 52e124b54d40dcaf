import { Framer, type FramerOptions, isSpace, tryDecodeUtf8 } from "../protocol/mod.ts";

/** Texts that follow one another in a stream. */
export interface Run {
  /** As they came: what stands between plain ones belongs to it. */
  text: string;
  /** How many they are; 1 unless they are plain. */
  count: number;
  /** Which of the plain kinds they are of, all of them; `undefined` for a text that is of none. */
  kind: number | undefined;
}

/** How a {@linkcode RunFramer} reads. */
export interface RunFramerOptions extends FramerOptions {
  /**
   * Sticky expressions, one for each kind of plain text. What one matches is a whole and valid text that a `Framer` would find at the same place, with white
   * space before it at most, and behind it where that ends it.
   */
  kinds: () => readonly RegExp[];
  /** The last byte of every plain text; below 0x80. Chunks must not be larger than the limit of a text. */
  close: number;
}

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * Splits a stream as a `Framer` does, and takes plain texts by the run: a chunk is decoded once, an expression finds the end of each text, and none becomes
 * a string of its own. That costs a quarter of framing and parsing each. From the first text on that is not plain, the rest of a chunk goes through the framer.
 */
export class RunFramer {
  readonly #framer: Framer;
  readonly #kinds: () => readonly RegExp[];
  readonly #close: number;
  #chunk: Uint8Array = NOTHING;
  /** Where in the chunk begins what the framer does not have; a part of it may be decoded. */
  #at = 0;
  #decoded = false;
  /** The chunk from `#at` to the last place where a plain text can end, decoded, and how much of it is taken. */
  #text = "";
  #taken = 0;
  /** What stands before `#at` in the stream. */
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

  /** Whether a text has begun and is not whole yet. */
  get partial(): boolean {
    return this.#framer.partial;
  }

  /** The bytes that begin the text that is not whole yet, or what an error was thrown for; not to be kept. */
  get held(): Uint8Array {
    return this.#framer.held;
  }

  /**
   * Where in the stream a text stands.
   *
   * @param text the last one returned, which must be of no kind; `""` stands for what is {@linkcode held}
   * @returns both from 1 on
   */
  placeOf(text: string): { line: number; byte: number } {
    const { held } = this.#framer, end = this.#at - held.length;
    let between = end; // the framer has moved over the white space behind a text
    while (text !== "" && between > 0 && isSpace(this.#chunk[between - 1])) between--;
    let byte = this.#bytes + 1, line = this.#newlines + 1;
    for (const piece of [encoder.encode(text), this.#chunk.subarray(between, end), held]) {
      byte -= piece.length;
      line -= countNewlines(piece, NEWLINE);
    }
    return { line, byte };
  }

  /**
   * Takes more bytes. Call it only once {@linkcode next} has returned `undefined`; the chunk may be used again when it does so the next time.
   *
   * @param chunk any number of bytes, cut anywhere
   */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
    this.#decoded = false;
  }

  /**
   * The next whole texts, or `undefined` when more bytes are needed.
   *
   * @param most how many at most; with 0 the next one, and none is looked for by its kind
   * @throws {FrameError} when what is held can become no text within the limits; nothing more can be read then
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

  /** Moves behind what has been taken of the decoded text. */
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
      // what is not UTF-8 is for the framer to say
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
