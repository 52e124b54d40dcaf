import { ByteScanner, isSpace } from "./byte_scanner.ts";
import { FrameError } from "./errors.ts";
import { startsNumber, TextScanner, UNFINISHED } from "./text_scanner.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The bounds of one text, checked while it is being split, before more of it is buffered. */
export interface FrameLimits {
  /** The most bytes that one text may have, from its first byte to its last; a positive integer. */
  maxBytes: number;
  /** How deep braces and brackets may be nested; a positive integer. */
  maxDepth: number;
}

/** How a {@linkcode Framer} reads. */
export interface FramerOptions extends FrameLimits {
  /** Also take Python literals, whose strings may stand in single quotes: the answers of the original server. */
  pythonStrings?: boolean;
  /** What the texts are, for the errors; `Request` by default. */
  subject?: string;
}

const NOTHING = new Uint8Array(0);

/**
 * Splits a stream of bytes into whole JSON texts (RFC 8259), which may follow one another with or without white space.
 * A text is complete at the byte that closes it: an object or array at its outermost bracket, a string at its quote, `true`, `false`
 * and `null` at their last letter; a number, which nothing closes, at the byte after it or at the end of the stream.
 * When a text comes in pieces, scanning resumes where it stopped, so the work is linear in the bytes.
 *
 * What it yields is split correctly and is valid UTF-8; whether it is JSON is left to the parser.
 *
 * @example
 * ```ts
 * import { Framer } from "./framing.ts";
 *
 * const framer = new Framer({ maxBytes: 1_048_576, maxDepth: 64 });
 * framer.push(new TextEncoder().encode('{"op": "mostrar"}{"op"'));
 * console.log(framer.next()); // {"op": "mostrar"}
 * console.log(framer.next()); // undefined: the second text is not whole yet
 * ```
 */
export class Framer {
  readonly #maxBytes: number;
  readonly #subject: string;
  readonly #scanner: TextScanner;
  /** The text that began in earlier chunks, in a buffer of our own, and its length so far. */
  #begun: Uint8Array = NOTHING;
  #begunLength = 0;
  /** The chunk, up to `#end`: bytes before `#start` have been returned, bytes before `#at` have been scanned. */
  #chunk: Uint8Array = NOTHING;
  #end = 0;
  #start = 0;
  #at = 0;

  /**
   * Begins with nothing held.
   *
   * @param options the limits, and the dialect
   */
  constructor(options: FramerOptions) {
    this.#maxBytes = options.maxBytes;
    this.#subject = options.subject ?? "Request";
    this.#scanner = new TextScanner(options.maxDepth, options.pythonStrings ?? false, this.#subject);
  }

  /** Whether a text has begun and is not complete yet. */
  get partial(): boolean {
    return this.#begunLength > 0 || this.#start < this.#end;
  }

  /** The bytes held that belong to no text returned so far: for a sample in a log, not to be kept. */
  get held(): Uint8Array {
    const begun = this.#begun.subarray(0, this.#begunLength), rest = this.#chunk.subarray(this.#start, this.#end);
    if (begun.length === 0 || rest.length === 0) return begun.length === 0 ? rest : begun;
    const held = new Uint8Array(begun.length + rest.length);
    held.set(begun);
    held.set(rest, begun.length);
    return held;
  }

  /** The size, in bytes, of the buffer that keeps the beginning of a text between chunks. */
  get room(): number {
    return this.#begun.length;
  }

  /** Forgets everything held: nothing more can be read then. */
  forget(): void {
    this.#begun = NOTHING;
    this.#begunLength = 0;
    this.#release();
  }

  /**
   * Takes more bytes. Call it only after {@linkcode next} has returned `undefined`; when it does so again, the chunk may be reused.
   *
   * @param chunk any number of bytes, cut anywhere
   * @param length how many of its bytes count; all by default
   */
  push(chunk: Uint8Array, length: number = chunk.length): void {
    this.#chunk = chunk;
    this.#end = length;
    this.#start = this.#at = 0;
  }

  /**
   * The next complete text, or `undefined` when it needs more bytes.
   *
   * @throws {FrameError} when the bytes held cannot become a text within the limits; nothing more can be read then
   */
  next(): string | undefined {
    if (this.#begunLength === 0 && !this.#skipSpace()) return this.#release();
    const limit = this.#limit, end = this.#scanner.scan(this.#first, this.#chunk, this.#at, limit, this.#end);
    if (end !== UNFINISHED) return this.#take(end);
    this.#at = limit;
    const most = startsNumber(this.#first) ? this.#maxBytes : this.#maxBytes - 1;
    if (this.#begunLength + this.#end - this.#start > most) {
      throw new FrameError("too-large", `${this.#subject} is larger than ${this.#maxBytes} bytes`);
    }
    return this.#keep();
  }

  /** A scanner for what comes next in the chunk; `undefined` when the chunk is used up, or a text has begun in an earlier one. */
  scanner(): ByteScanner | undefined {
    return this.#begunLength === 0 && this.#start < this.#end
      ? new ByteScanner(this.#chunk, this.#start, this.#end)
      : undefined;
  }

  /**
   * Consumes a text that was read with a {@linkcode scanner}, and the white space after it: a short way past {@linkcode next}.
   *
   * @param end where the text ends; it is complete, nested no deeper than any limit allows, and only white space stands before it
   * @returns false when it may be too large, and nothing was consumed: {@linkcode next} must then be asked
   */
  take(end: number): boolean {
    if (end - this.#start > this.#maxBytes) return false;
    this.#start = this.#at = end;
    if (!this.#skipSpace()) this.#release();
    return true;
  }

  /**
   * Ends the stream: returns the last text, if it is a number that only the end can close, or `undefined` when nothing is held.
   * Call it only after {@linkcode next} has returned `undefined`.
   *
   * @throws {FrameError} when the stream ends inside a text
   */
  end(): string | undefined {
    if (!this.partial) return undefined;
    if (startsNumber(this.#first)) return this.#take(this.#end);
    throw new FrameError("truncated", `${this.#subject} is cut off by the end of the stream`);
  }

  /** The first byte of the text that is being scanned. */
  get #first(): number {
    return this.#begunLength > 0 ? this.#begun[0] : this.#chunk[this.#start];
  }

  /** How far into the chunk the text that is being scanned may go. */
  get #limit(): number {
    return Math.min(this.#end, this.#start + this.#maxBytes - this.#begunLength);
  }

  /** Skips white space between texts; false when nothing else is left. */
  #skipSpace(): boolean {
    const bytes = this.#chunk, end = this.#end;
    let at = this.#start;
    while (at < end && isSpace(bytes[at])) at++;
    this.#start = this.#at = at;
    return at < end;
  }

  /** Decodes the text that ends there in the chunk, and consumes it and the white space after it; a text that cannot be decoded stays held. */
  #take(end: number): string {
    const text = this.#begunLength > 0 ? this.#takeBegun(end) : this.#takeWhole(end);
    if (!this.#skipSpace()) this.#release();
    return text;
  }

  #takeWhole(end: number): string {
    const text = this.#decode(this.#chunk.subarray(this.#start, end));
    this.#start = this.#at = end;
    return text;
  }

  #takeBegun(end: number): string {
    this.#append(this.#chunk.subarray(this.#start, end));
    this.#start = end;
    const text = this.#decode(this.#begun.subarray(0, this.#begunLength));
    this.#begun = NOTHING;
    this.#begunLength = 0;
    this.#at = end;
    return text;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return decodeUtf8(bytes);
    } catch (cause) {
      throw new FrameError("not-utf8", `${this.#subject} is not UTF-8`, { cause });
    }
  }

  /** Forgets the chunk, which is used up. */
  #release(): undefined {
    this.#chunk = NOTHING;
    this.#start = this.#at = this.#end = 0;
  }

  /** Copies the part of a text that is left in the chunk, because its owner will reuse the chunk. */
  #keep(): undefined {
    this.#append(this.#chunk.subarray(this.#start, this.#end));
    return this.#release();
  }

  /** Appends bytes to the text that has begun, in a buffer that doubles up to the largest text. */
  #append(bytes: Uint8Array): void {
    const length = this.#begunLength + bytes.length;
    if (length > this.#begun.length) {
      const begun = new Uint8Array(Math.max(length, Math.min(2 * length, this.#maxBytes)));
      begun.set(this.#begun.subarray(0, this.#begunLength));
      this.#begun = begun;
    }
    this.#begun.set(bytes, this.#begunLength);
    this.#begunLength = length;
  }
}
