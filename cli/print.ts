const encoder = new TextEncoder();

/**
 * Writes a text to a stream of the process, all of it.
 *
 * @param stream `Deno.stdout` for data, `Deno.stderr` for diagnostics
 * @throws {Deno.errors.BrokenPipe} when nobody reads it any more
 */
export async function print(stream: typeof Deno.stdout, text: string): Promise<void> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}
