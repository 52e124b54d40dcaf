import { FrameError } from "./errors.ts";

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
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
  /** What is held: the bytes from `#start` to `#end`, of which those before `#at` have been scanned. */
  #bytes: Uint8Array = NOTHING;
  #owned = false;
  /** The same bytes decoded, where they are a chunk of pure ASCII: one decoding for all texts in it, and the offsets are the same. */
  #ascii: string | undefined;
  #start = 0;
  #at = 0;
  #end = 0;
  /** The state of the scan inside the text that begins at `#start`. */
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
    return this.#end > this.#start;
  }

  /** The bytes held that no text returned so far has: for a log's sample, not to be kept. */
  get held(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /**
   * Takes more bytes. Call it only once {@linkcode next} has returned `undefined`; the chunk may be used again when it does so the next time.
   *
   * @param chunk any number of bytes, cut anywhere
   */
  push(chunk: Uint8Array): void {
    if (!this.partial) {
      this.#bytes = chunk;
      this.#ascii = decodeAscii(chunk);
      this.#owned = false;
      this.#start = this.#at = 0;
      this.#end = chunk.length;
    } else {
      this.#reserve(chunk.length);
      this.#bytes.set(chunk, this.#end);
      this.#end += chunk.length;
    }
  }

  /**
   * The next whole text, or `undefined` when more bytes are needed for it.
   *
   * @throws {FrameError} when what is held can become no text within the limits; nothing more can be read then
   */
  next(): string | undefined {
    if (this.#at === this.#start && !this.#skipSpace()) return this.#release();
    const length = this.#scan();
    if (length > 0) return this.#take(length);
    const most = startsNumber(this.#bytes[this.#start]) ? this.#maxBytes : this.#maxBytes - 1;
    if (this.#end - this.#start > most) {
      throw new FrameError("too-large", `${this.#subject} is larger than ${this.#maxBytes} bytes`);
    }
    return this.#keep();
  }

  /**
   * The end of the stream: the last text, if it is a number that only the end can close, or `undefined` when nothing is held.
   *
   * @throws {FrameError} when the stream ends inside a text
   */
  end(): string | undefined {
    if (!this.partial) return undefined;
    if (startsNumber(this.#bytes[this.#start])) return this.#take(this.#end - this.#start);
    throw new FrameError("truncated", `${this.#subject} is cut off by the end of the stream`);
  }

  /** Moves over white space between texts; false when nothing else is left. */
  #skipSpace(): boolean {
    const bytes = this.#bytes, end = this.#end;
    let at = this.#start;
    while (at < end && isSpace(bytes[at])) at++;
    this.#start = this.#at = at;
    return at < end;
  }

  /** Scans on from `#at`; returns the length of the text that begins at `#start`, or 0 when it is not whole within what is held and allowed. */
  #scan(): number {
    const first = this.#bytes[this.#start];
    if (first === OPEN_BRACE || first === OPEN_BRACKET || first === QUOTE) return this.#scanNested();
    const word = LITERALS.get(first);
    if (word !== undefined) return this.#scanWord(word);
    if (startsNumber(first)) return this.#scanNumber();
    throw this.#notJson(first);
  }

  #scanNested(): number {
    const bytes = this.#bytes, apostrophe = this.#apostrophe;
    const end = Math.min(this.#end, this.#start + this.#maxBytes);
    let at = this.#at, depth = this.#depth, quote = this.#quote, escaped = this.#escaped;
    while (at < end) {
      const byte = bytes[at++];
      if (quote !== 0) {
        if (escaped) escaped = false;
        else if (byte === quote) {
          quote = 0;
          if (depth === 0) return at - this.#start;
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
        if (--depth === 0) return at - this.#start;
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#quote = quote;
    this.#escaped = escaped;
    return 0;
  }

  #scanWord(word: string): number {
    const held = Math.min(this.#end - this.#start, word.length, this.#maxBytes);
    for (let i = this.#at - this.#start; i < held; i++) {
      if (this.#bytes[this.#start + i] !== word.charCodeAt(i)) throw this.#notJson(this.#bytes[this.#start + i]);
    }
    this.#at = this.#start + held;
    return held === word.length ? held : 0;
  }

  #scanNumber(): number {
    const end = Math.min(this.#end, this.#start + this.#maxBytes);
    let at = this.#at;
    while (at < end && NUMBER_BYTES.has(this.#bytes[at])) at++;
    this.#at = at;
    return at < this.#end && !NUMBER_BYTES.has(this.#bytes[at]) ? at - this.#start : 0;
  }

  /** Decodes the text of that length at the start of what is held, and moves behind it. */
  #take(length: number): string {
    const start = this.#start, end = start + length;
    const text = this.#ascii?.slice(start, end) ?? this.#decode(this.#bytes.subarray(start, end));
    this.#start = this.#at = end;
    this.#depth = this.#quote = 0;
    this.#escaped = false;
    return text;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new FrameError("not-utf8", `${this.#subject} is not UTF-8`, { cause });
    }
  }

  /** Forgets the chunk, which is read to its end. */
  #release(): undefined {
    this.#bytes = NOTHING;
    this.#ascii = undefined;
    this.#start = this.#at = this.#end = 0;
  }

  /** Keeps the part of a text that is left of a chunk which its owner will use again. */
  #keep(): undefined {
    if (this.#owned) return;
    this.#reserve(0);
  }

  /** Makes room for that many more bytes behind those held, in a buffer of our own that doubles up to the largest text. */
  #reserve(more: number): void {
    const held = this.#end - this.#start;
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const size = held + more;
    const room = Math.max(size, Math.min(2 * size, this.#maxBytes));
    const bytes = this.#owned && size <= this.#bytes.length ? this.#bytes : new Uint8Array(room);
    bytes.set(this.held);
    this.#bytes = bytes;
    this.#ascii = undefined;
    this.#owned = true;
    this.#at -= this.#start;
    this.#start = 0;
    this.#end = held;
  }

  #notJson(byte: number): FrameError {
    const shown = byte > 0x20 && byte < 0x7f
      ? `'${String.fromCharCode(byte)}'`
      : `byte 0x${byte.toString(16).padStart(2, "0")}`;
    return new FrameError("not-json", `${this.#subject} is not JSON: unexpected ${shown}`);
  }
}

/** `undefined` for what is not pure ASCII: only then are there as many characters as bytes. */
function decodeAscii(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.length === bytes.length ? text : undefined;
  } catch {
    return undefined; // cut inside a character, or not UTF-8: what comes of that is seen when the text is whole
  }
}

function startsNumber(byte: number): boolean {
  return byte === MINUS || byte >= ZERO && byte <= NINE;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
