import { ConfigurationError } from "./errors.ts";
import { systemReason } from "./system_reason.ts";

/** The most bytes of a token: `autenticar` then stays well within what a server reads before it (docs/protocol.md, "The token"). */
const MAX_TOKEN_BYTES = 1024;

/** The mode bits of group and others: whoever may write the file could set the token. */
const OTHERS = 0o077;
const NEWLINE = 0x0a;

/**
 * Reads the token that a server and its clients share: one line of UTF-8 without control characters; one newline at its end is dropped.
 *
 * @param path a file or pipe that only its owner may use, on systems that have such modes
 * @throws {ConfigurationError} when it cannot be read, is open to others, or holds no token
 */
export async function readTokenFile(path: string): Promise<string> {
  const refuse = (why: string, cause?: unknown) =>
    new ConfigurationError(`Cannot use the token file ${JSON.stringify(path)}: ${why}`, { cause });
  let bytes: Uint8Array, mode: number | null;
  try {
    using file = await Deno.open(path);
    ({ mode } = await file.stat());
    bytes = await readStart(file);
  } catch (cause) {
    throw refuse(systemReason(cause), cause);
  }
  if (mode !== null && (mode & OTHERS) !== 0) {
    throw refuse(`others than its owner may use it, chmod 600 it (its mode is ${(mode & 0o777).toString(8)})`);
  }
  if (bytes.at(-1) === NEWLINE) bytes = bytes.subarray(0, -1);
  if (bytes.length > MAX_TOKEN_BYTES) throw refuse(`it is larger than ${MAX_TOKEN_BYTES} bytes`);
  let token: string;
  try {
    token = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refuse("it is not UTF-8", cause);
  }
  if (token === "") throw refuse("it is empty");
  if (/\p{Cc}/u.test(token)) throw refuse("it is not one line of text");
  return token;
}

/** Reads the longest token, its newline, and one byte more, which shows that a file is too large. */
async function readStart(file: Deno.FsFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(MAX_TOKEN_BYTES + 2);
  let end = 0;
  for (let read; end < buffer.length && (read = await file.read(buffer.subarray(end))) !== null;) end += read;
  return buffer.subarray(0, end);
}
