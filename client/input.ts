import { systemReason } from "../cli/mod.ts";
import { tryDecodeUtf8 } from "../protocol/mod.ts";
import { BadInputError, NoInputError } from "./errors.ts";

/** The most bytes of one text, line or request: what any server takes at most, and a bound for a stream that never ends one. */
export const MAX_INPUT_BYTES = 67_108_864;

const CHUNK_SIZE = 262_144;

/** Where bytes come from: stdin, or a file. */
export interface Source extends AsyncDisposable {
  /** Its name in messages. */
  name: string;
  /** How many bytes there are; `undefined` if that is not known. */
  size: number | undefined;
  /** How many of them have been read. */
  taken: number;
  /** The bytes, a chunk at a time; its buffer is reused for the next one. */
  chunks(): AsyncGenerator<Uint8Array>;
}

/**
 * Opens a file to read, or stdin.
 *
 * @param path the file; `-` is stdin
 * @throws {NoInputError} when it cannot be opened
 */
export async function openSource(path: string): Promise<Source> {
  const isStdin = path === "-", name = isStdin ? "stdin" : JSON.stringify(path);
  const file = isStdin ? undefined : await Deno.open(path).catch((cause) => {
    throw new NoInputError(`Cannot read ${name}: ${systemReason(cause)}`, { cause });
  });
  const reader = file ?? Deno.stdin, status = await file?.stat().catch(() => undefined); // for the progress alone
  const source: Source = {
    name,
    size: status?.size,
    taken: 0,
    async *chunks() {
      const buffer = new Uint8Array(CHUNK_SIZE);
      for (;;) {
        const length = await reader.read(buffer).catch((cause) => {
          throw new NoInputError(`Cannot read ${name}: ${cause.message}`, { cause });
        });
        if (length === null) return;
        source.taken += length;
        yield buffer.subarray(0, length);
      }
    },
    [Symbol.asyncDispose]() {
      file?.[Symbol.dispose](); // unlike close() this may be called twice
      return Promise.resolve();
    },
  };
  return source;
}

/**
 * Reads a text to its end.
 *
 * @param path a file; `-` is stdin
 * @param keepNewline whether to keep one newline at its end
 * @throws {NoInputError} when it cannot be read
 * @throws {BadInputError} when it is not UTF-8 or too large
 */
export async function readText(path: string, keepNewline: boolean): Promise<string> {
  await using source = await openSource(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.chunks()) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) {
      throw new BadInputError(`Text in ${source.name} is larger than ${MAX_INPUT_BYTES} bytes`);
    }
    chunks.push(chunk.slice());
  }
  const text = tryDecodeUtf8(await new Blob(chunks as BlobPart[]).bytes());
  if (text === undefined) throw new BadInputError(`Text in ${source.name} is not UTF-8`);
  return keepNewline ? text : text.replace(/\n$/, "");
}
