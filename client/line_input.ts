import { tryDecodeUtf8 } from "../protocol/mod.ts";
import type { Batch, BulkInput } from "./bulk_input.ts";
import { BadInputError } from "./errors.ts";
import { MAX_INPUT_BYTES, type Source } from "./input.ts";
import { requestText } from "./wire_request.ts";

/** The lines of an input, each as a request to add it. The last one may lack its end. */
export class LineInput implements BulkInput {
  readonly #name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #end: "\n" | "\0";
  readonly #endByte: number;
  /** Lines that have been read, and how many of them have been returned. */
  #lines: string[] = [];
  #given = 0;
  /** The line that has begun and is not complete. */
  #begun: Uint8Array[] = [];
  #begunBytes = 0;
  /** The position of the first line that has not been read. */
  #line = 1;
  #byte = 1;
  #ended = false;
  /** What is wrong with the input, after everything that was returned. */
  #failure: BadInputError | undefined;

  /**
   * @param source where it comes from
   * @param end what ends a line: newline, or NUL for texts that hold newlines
   */
  constructor(source: Source, end: "\n" | "\0") {
    this.#name = source.name;
    this.#chunks = source.chunks();
    this.#end = end;
    this.#endByte = end.charCodeAt(0);
  }

  /** See {@linkcode BulkInput.next}. */
  async next(most: number): Promise<Batch | undefined> {
    while (this.#given === this.#lines.length) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return undefined;
      await this.#read();
    }
    const lines = this.#lines.slice(this.#given, this.#given + most);
    this.#given += lines.length;
    const text = lines.map((line) => requestText({ op: "adicionar", data: line })).join("");
    return { text, count: lines.length, ids: [] };
  }

  async #read(): Promise<void> {
    const { value: chunk, done } = await this.#chunks.next();
    this.#given = 0;
    if (done) {
      this.#ended = true;
      this.#lines = this.#decode(await concat(this.#begun));
      return;
    }
    const first = chunk.indexOf(this.#endByte), end = chunk.lastIndexOf(this.#endByte) + 1;
    this.#begunBytes += first < 0 ? chunk.length : first;
    if (this.#begunBytes > MAX_INPUT_BYTES) {
      this.#lines = [];
      this.#failure = this.#wrong(`is larger than ${MAX_INPUT_BYTES} bytes`);
      return;
    }
    this.#lines = end === 0 ? [] : this.#decode(await concat([...this.#begun, chunk.subarray(0, end)]));
    if (end > 0) {
      this.#begun = [];
      this.#begunBytes = chunk.length - end;
    }
    this.#begun.push(chunk.slice(end));
  }

  /** Decodes complete lines, up to one that is wrong. */
  #decode(bytes: Uint8Array): string[] {
    const text = tryDecodeUtf8(bytes);
    if (text === undefined) return this.#decodeEach(bytes);
    const lines = text.split(this.#end);
    if (lines.at(-1) === "") lines.pop();
    this.#line += lines.length;
    this.#byte += bytes.length;
    return lines;
  }

  #decodeEach(bytes: Uint8Array): string[] {
    const lines = [];
    for (let from = 0; from < bytes.length;) {
      const to = bytes.indexOf(this.#endByte, from);
      const line = bytes.subarray(from, to < 0 ? bytes.length : to), text = tryDecodeUtf8(line);
      if (text === undefined) {
        this.#failure = this.#wrong("is not UTF-8");
        break;
      }
      lines.push(text);
      this.#line++;
      this.#byte += line.length + 1;
      from += line.length + 1;
    }
    return lines;
  }

  #wrong(what: string): BadInputError {
    return new BadInputError(`Input from ${this.#name} ${what}, line ${this.#line}, byte ${this.#byte}`);
  }
}

function concat(pieces: Uint8Array[]): Promise<Uint8Array> {
  return new Blob(pieces as BlobPart[]).bytes();
}
