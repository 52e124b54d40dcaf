import { FrameError, type FrameErrorCode, Framer, type FramerOptions } from "../../protocol/mod.ts";

/** What a `Framer` made of a stream: the texts, and why it stopped if it did. */
export interface Framed {
  texts: string[];
  error?: FrameErrorCode;
}

/**
 * Feeds a stream to a `Framer` through one buffer that is used again for every chunk, as a connection does.
 *
 * @param chunks the stream, cut anywhere
 * @param options other than generous limits
 */
export function frame(chunks: readonly Uint8Array[], options: Partial<FramerOptions> = {}): Framed {
  const framer = new Framer({ maxBytes: 1_048_576, maxDepth: 64, ...options });
  const buffer = new Uint8Array(Math.max(...chunks.map((chunk) => chunk.length), 0));
  const texts: string[] = [];
  try {
    for (const chunk of chunks) {
      buffer.fill(0x78);
      buffer.set(chunk);
      framer.push(buffer.subarray(0, chunk.length));
      for (let text = framer.next(); text !== undefined; text = framer.next()) texts.push(text);
    }
    const last = framer.end();
    if (last !== undefined) texts.push(last);
    return { texts };
  } catch (error) {
    if (error instanceof FrameError) return { texts, error: error.code };
    throw error;
  }
}
