import { OutputError } from "./errors.ts";

const encoder = new TextEncoder();

/**
 * Writes a text to a stream of the process, all of it.
 *
 * @param stream `Deno.stdout` for data, `Deno.stderr` for diagnostics
 * @throws {Deno.errors.BrokenPipe} when nobody reads it any more
 * @throws {OutputError} when it cannot be written
 */
export async function print(stream: typeof Deno.stdout, text: string): Promise<void> {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
  } catch (cause) {
    throw outputError(stream, cause);
  }
}

/**
 * Writes a text to a stream of the process, all of it, and blocks until it is written: for the last output. Unlike {@linkcode print} it needs no thread of
 * the runtime, the first of which costs a hundredth of a one-shot client's time.
 *
 * @param stream `Deno.stdout` for data, `Deno.stderr` for diagnostics
 * @throws {Deno.errors.BrokenPipe} when nobody reads it any more
 * @throws {OutputError} when it cannot be written
 */
export function printSync(stream: typeof Deno.stdout, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (cause) {
    throw outputError(stream, cause);
  }
}

function outputError(stream: typeof Deno.stdout, cause: unknown): Error {
  if (cause instanceof Deno.errors.BrokenPipe) return cause;
  const name = stream === Deno.stdout ? "stdout" : "stderr";
  return new OutputError(`Cannot write to ${name}: ${(cause as Error).message}`, { cause });
}

/**
 * Says something on stderr, at once, on a line of its own. If that cannot be written, as on a full disk, the program goes on: there is nowhere to say it.
 *
 * @param parts as `console.error` takes them
 */
export function say(...parts: readonly unknown[]): void {
  try {
    console.error(...parts);
  } catch {
    // there is nowhere to say it
  }
}
