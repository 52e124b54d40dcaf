import { DecodedChunk } from "./decoded_chunk.ts";
import { FrameError } from "./errors.ts";
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
  /** What the texts are, for the errors; `Request` unless it is said. */
  subject?: string;
}

const QUOTE = 0x22, APOSTROPHE = 0x27, BACKSLASH = 0x5c, OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b, CLOSE_BRACE = 0x7d, MINUS = 0x2d, ZERO = 0x30, NINE = 0x39;
const LITERALS = new Map(["true", "false", "null"].map((word) => [word.charCodeAt(0), word]));
const NUMBER_BYTES = new Set([..."0123456789+-.eE"].map((c) => c.charCodeAt(0)));
const NOTHING = new Uint8Array(0);
const UNFINISHED = -1;

/**
 * Splits a stream of bytes into whole JSON texts (RFC 8259), which may follow one another with or without white space.
 * A text is complete at the byte that closes it: an object or array at its outermost bracket, a string at its quote, `true`, `false`
 * and `null` at their last letter; a number, which nothing closes, at the byte after it or at the end of the stream.
 * Scanning goes on where it stopped when a text comes in pieces, so the work is linear in the bytes.
 *
 * What it yields is split correctly and is valid UTF-8; whether it is JSON is for the parser to say.
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
  readonly #maxDepth: number;
  readonly #apostrophe: number;
  readonly #subject: string;
  /** The text that began in earlier chunks, in a buffer of our own, and its length so far. */
  #begun: Uint8Array = NOTHING;
  #begunLength = 0;
  /** The chunk: what is before `#start` has been returned, what is before `#at` has been scanned. */
  #chunk: Uint8Array = NOTHING;
  #start = 0;
  #at = 0;
  /** The same chunk as text, if no text had begun before it. `match` goes ahead of `#start` in it. */
  readonly #decoded = new DecodedChunk();
  /** The state of the scan inside a text. */
  #depth = 0;
  #quote = 0;
  #escaped = false;

  /**
   * Begins with nothing held.
   *
   * @param options the limits, and the dialect
   */
  constructor(options: FramerOptions) {
    this.#maxBytes = options.maxBytes;
    this.#maxDepth = options.maxDepth;
    this.#apostrophe = options.pythonStrings ? APOSTROPHE : -1;
    this.#subject = options.subject ?? "Request";
  }

  /** Whether a text has begun and is not whole yet. */
  get partial(): boolean {
    this.#follow();
    return this.#begunLength > 0 || this.#start < this.#chunk.length;
  }

  /** The bytes held that no text returned so far has: for a log's sample, not to be kept. */
  get held(): Uint8Array {
    this.#follow();
    const begun = this.#begun.subarray(0, this.#begunLength), rest = this.#chunk.subarray(this.#start);
    if (begun.length === 0 || rest.length === 0) return begun.length === 0 ? rest : begun;
    const held = new Uint8Array(begun.length + rest.length);
    held.set(begun);
    held.set(rest, begun.length);
    return held;
  }

  /** How many bytes the buffer takes in which the beginning of a text is kept between chunks. */
  get room(): number {
    return this.#begun.length;
  }

  /** Forgets all that is held: nothing more can be read then. */
  forget(): void {
    this.#begun = NOTHING;
    this.#begunLength = 0;
    this.#release();
  }

  /**
   * Takes more bytes. Call it only once {@linkcode next} has returned `undefined`; the chunk may be used again when it does so the next time.
   *
   * @param chunk any number of bytes, cut anywhere
   */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#start = this.#at = 0;
    if (this.#begunLength === 0) this.#decoded.decode(chunk);
  }

  /**
   * The next whole text, or `undefined` when more bytes are needed for it.
   *
   * @throws {FrameError} when what is held can become no text within the limits; nothing more can be read then
   */
  next(): string | undefined {
    this.#follow();
    if (this.#begunLength === 0 && !this.#skipSpace()) return this.#release();
    const end = this.#scan();
    if (end !== UNFINISHED) return this.#take(end);
    const most = startsNumber(this.#first) ? this.#maxBytes : this.#maxBytes - 1;
    if (this.#begunLength + this.#chunk.length - this.#start > most) {
      throw new FrameError("too-large", `${this.#subject} is larger than ${this.#maxBytes} bytes`);
    }
    return this.#keep();
  }

  /**
   * A short way past {@linkcode next}: takes what comes next if it stands whole in a chunk and a pattern knows it, without scanning it.
   *
   * @param pattern sticky; matches whole objects and arrays of the grammar only, nested no deeper than any limit, and white space before them
   * @returns the match, or `null` when {@linkcode next} must be asked
   */
  match(pattern: RegExp): RegExpExecArray | null {
    return this.#decoded.match(pattern, this.#maxBytes);
  }

  /**
   * The end of the stream: the last text, if it is a number that only the end can close, or `undefined` when nothing is held.
   * Call it only once {@linkcode next} has returned `undefined`.
   *
   * @throws {FrameError} when the stream ends inside a text
   */
  end(): string | undefined {
    if (!this.partial) return undefined;
    if (startsNumber(this.#first)) return this.#take(this.#chunk.length);
    throw new FrameError("truncated", `${this.#subject} is cut off by the end of the stream`);
  }

  /** The first byte of the text that is being scanned. */
  get #first(): number {
    return this.#begunLength > 0 ? this.#begun[0] : this.#chunk[this.#start];
  }

  /** How far into the chunk the text that is being scanned may go. */
  get #limit(): number {
    return Math.min(this.#chunk.length, this.#start + this.#maxBytes - this.#begunLength);
  }

  /** Moves behind what `match` has taken. */
  #follow(): void {
    const bytes = this.#decoded.matchedBytes();
    if (bytes > 0) this.#start = this.#at += bytes;
  }

  /** Moves over white space between texts; false when nothing else is left. */
  #skipSpace(): boolean {
    const bytes = this.#chunk, end = bytes.length, start = this.#start;
    let at = start;
    while (at < end && isSpace(bytes[at])) at++;
    this.#start = this.#at = at;
    this.#decoded.skip(at - start, at - start);
    return at < end;
  }

  /** Scans on from `#at`; returns where in the chunk the text ends, or `UNFINISHED` when it is not whole within what is held and allowed. */
  #scan(): number {
    const first = this.#first;
    if (first === OPEN_BRACE || first === OPEN_BRACKET || first === QUOTE) return this.#scanNested();
    const word = LITERALS.get(first);
    if (word !== undefined) return this.#scanWord(word);
    if (startsNumber(first)) return this.#scanNumber();
    throw this.#notJson(first);
  }

  #scanNested(): number {
    const bytes = this.#chunk, apostrophe = this.#apostrophe, end = this.#limit;
    let at = this.#at, depth = this.#depth, quote = this.#quote, escaped = this.#escaped;
    while (at < end) {
      const byte = bytes[at++];
      if (quote !== 0) {
        if (escaped) escaped = false;
        else if (byte === quote) {
          quote = 0;
          if (depth === 0) return at;
        } else if (byte === BACKSLASH) escaped = true;
        else if (byte < 0x20) {
          throw new FrameError("not-json", `${this.#subject} is not JSON: control character in a string`);
        }
      } else if (byte === QUOTE || byte === apostrophe) {
        quote = byte;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > this.#maxDepth) {
          throw new FrameError("too-deep", `${this.#subject} is nested deeper than ${this.#maxDepth} levels`);
        }
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (--depth === 0) return at;
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#quote = quote;
    this.#escaped = escaped;
    return UNFINISHED;
  }

  #scanWord(word: string): number {
    const from = this.#start - this.#begunLength, end = Math.min(from + word.length, this.#limit);
    for (; this.#at < end; this.#at++) {
      const byte = this.#chunk[this.#at];
      if (byte !== word.charCodeAt(this.#at - from)) throw this.#notJson(byte);
    }
    return this.#at - from === word.length ? this.#at : UNFINISHED;
  }

  #scanNumber(): number {
    const end = this.#limit;
    while (this.#at < end && NUMBER_BYTES.has(this.#chunk[this.#at])) this.#at++;
    return this.#at < this.#chunk.length && !NUMBER_BYTES.has(this.#chunk[this.#at]) ? this.#at : UNFINISHED;
  }

  /** Decodes the text that ends there in the chunk, and moves behind it; a text that cannot be decoded stays held. */
  #take(end: number): string {
    const text = this.#begunLength > 0 ? this.#takeBegun(end) : this.#takeWhole(end);
    this.#depth = this.#quote = 0;
    this.#escaped = false;
    return text;
  }

  #takeWhole(end: number): string {
    const start = this.#start;
    const text = this.#decoded.sliceAscii(start, end) ?? this.#decode(this.#chunk.subarray(start, end));
    this.#start = this.#at = end;
    this.#decoded.skip(text.length, end - start);
    return text;
  }

  #takeBegun(end: number): string {
    this.#append(this.#chunk.subarray(this.#start, end));
    this.#start = end;
    const text = this.#decode(this.#begun.subarray(0, this.#begunLength));
    this.#begun = NOTHING;
    this.#begunLength = 0;
    this.push(this.#chunk.subarray(end));
    return text;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return decodeUtf8(bytes);
    } catch (cause) {
      throw new FrameError("not-utf8", `${this.#subject} is not UTF-8`, { cause });
    }
  }

  /** Forgets the chunk, which is read to its end. */
  #release(): undefined {
    this.#chunk = NOTHING;
    this.#start = this.#at = 0;
    this.#decoded.forget();
  }

  /** Keeps the part of a text that is left of a chunk which its owner will use again. */
  #keep(): undefined {
    this.#append(this.#chunk.subarray(this.#start));
    return this.#release();
  }

  /** Puts bytes behind the text that has begun, in a buffer that doubles up to the largest text. */
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

  #notJson(byte: number): FrameError {
    const shown = byte > 0x20 && byte < 0x7f
      ? `'${String.fromCharCode(byte)}'`
      : `byte 0x${byte.toString(16).padStart(2, "0")}`;
    return new FrameError("not-json", `${this.#subject} is not JSON: unexpected ${shown}`);
  }
}

function startsNumber(byte: number): boolean {
  return byte === MINUS || byte >= ZERO && byte <= NINE;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
