import { FrameError, Framer } from "../protocol/mod.ts";
import { BadInputError, decode, MAX_INPUT_BYTES, type Source } from "./input.ts";
import { requestText } from "./wire_request.ts";

/** The deepest nesting that any server takes. */
const MAX_DEPTH = 1000;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/**
 * The requests in an input of concatenated JSON, each as it stands there.
 *
 * @param source where it comes from
 * @throws {BadInputError} at what is not JSON, saying where that begins
 */
export async function* requestsIn(source: Source): AsyncGenerator<string> {
  const framer = new Framer({ maxBytes: MAX_INPUT_BYTES, maxDepth: MAX_DEPTH, subject: `Input from ${source.name}` });
  let bytes = 0, newlines = 0;
  let text: string | undefined; // one that the framer no longer holds, and that is not known to be good
  try {
    for await (const chunk of source.chunks()) {
      bytes += chunk.length;
      newlines += countNewlines(chunk);
      framer.push(chunk);
      while ((text = framer.next()) !== undefined) {
        yield checked(text);
        text = undefined;
      }
    }
    if ((text = framer.end()) !== undefined) yield checked(text);
  } catch (error) {
    if (!(error instanceof FrameError || error instanceof SyntaxError)) throw error;
    const message = error instanceof FrameError ? error.message : `Input from ${source.name} is not JSON`;
    const rest = [encoder.encode(text), framer.held];
    const line = newlines - countNewlines(rest[0]) - countNewlines(rest[1]) + 1;
    const byte = bytes - rest[0].length - rest[1].length + 1;
    throw new BadInputError(`${message}, line ${line}, byte ${byte}`, { cause: error });
  }
}

function checked(text: string): string {
  JSON.parse(text);
  return text;
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/**
 * The lines of an input, each as a request to add it. The last one may lack its end.
 *
 * @param source where it comes from
 * @param end the byte that ends a line: newline, or NUL for texts that hold newlines
 * @throws {BadInputError} at a line that is not UTF-8 or too large, saying where it begins
 */
export async function* additionsIn(source: Source, end: number): AsyncGenerator<string> {
  let number = 1, byte = 1;
  for await (const line of linesIn(source, end)) {
    const where = `line ${number}, byte ${byte}`;
    if (line.length > MAX_INPUT_BYTES) {
      throw new BadInputError(`Input from ${source.name} is larger than ${MAX_INPUT_BYTES} bytes, ${where}`);
    }
    yield requestText({ op: "adicionar", data: decode(line, (what) => `Input from ${source.name} ${what}, ${where}`) });
    number++;
    byte += line.length + 1;
  }
}

/** Splits; a line that grows past the limit is given out unfinished. */
async function* linesIn(source: Source, end: number): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [], size = 0;
  for await (const chunk of source.chunks()) {
    let from = 0;
    for (let to = chunk.indexOf(end); to >= 0; to = chunk.indexOf(end, from)) {
      const line = chunk.subarray(from, to);
      yield size === 0 ? line : await concat([...begun, line]);
      begun = [];
      size = 0;
      from = to + 1;
    }
    if (from === chunk.length) continue;
    begun.push(chunk.slice(from));
    size += chunk.length - from;
    if (size > MAX_INPUT_BYTES) yield await concat(begun);
  }
  if (size > 0) yield await concat(begun);
}

function concat(pieces: Uint8Array[]): Promise<Uint8Array> {
  return new Blob(pieces as BlobPart[]).bytes();
}
