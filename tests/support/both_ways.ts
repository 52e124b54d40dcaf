import { assertEquals } from "@std/assert";
import { FrameError, type FrameLimits, Framer, nextCanonical } from "../../protocol/mod.ts";
import { readRequest } from "../../protocol/request.ts";
import { type Comparable, comparable } from "./comparable.ts";
import type { Random } from "./random.ts";

/** What a stream of requests is read as. */
export interface Reading {
  /** The requests. */
  read: Comparable[];
  /** How many bytes were held behind each, where that was looked at. */
  held: number[];
  /** What is left at the end. */
  rest: number[];
  /** Why the stream could not be read any further. */
  error?: string;
}

/**
 * Reads a stream with the short way for canonical requests and without it, and sees to it that both make the same of it.
 *
 * @param chunks of the stream
 * @param limits of a request
 * @param random says whether the framer is asked what it holds between the requests
 * @returns that, and how many requests the short way took
 */
export function readBothWays(
  chunks: readonly Uint8Array[],
  limits: FrameLimits,
  random: Random,
): Reading & { taken: number } {
  const asks = random.below(2) === 0;
  const { taken, ...reading } = readRequests(chunks, limits, asks, random);
  const { taken: none, ...long } = readRequests(chunks, limits, asks);
  assertEquals(reading, long, JSON.stringify({ chunks: chunks.map((chunk) => [...chunk]), ...limits }));
  assertEquals(none, 0);
  return { ...reading, taken };
}

function readRequests(chunks: readonly Uint8Array[], limits: FrameLimits, asks: boolean, random?: Random) {
  const framer = new Framer(limits), reading: Reading = { read: [], held: [], rest: [] };
  // as a connection does, which uses one buffer again
  const buffer = new Uint8Array(Math.max(...chunks.map((chunk) => chunk.length), 0) + 2);
  let taken = 0;
  try {
    for (const chunk of chunks) {
      // what is left behind the chunk of others is nothing to it
      buffer.fill(random?.pick([0x78, 0x31, 0x20, 0x22, 0xbf, 0x7d]) ?? 0x78);
      buffer.set(chunk);
      framer.push(buffer, chunk.length);
      for (;;) {
        const canonical = random !== undefined ? nextCanonical(framer) : undefined;
        if (canonical !== undefined) taken++;
        const text = canonical === undefined ? framer.next() : undefined;
        if (canonical === undefined && text === undefined) break;
        reading.read.push(comparable(canonical ?? readRequest(text!)));
        if (!asks) continue;
        reading.held.push(framer.held.length);
        assertEquals(framer.partial, framer.held.length > 0);
      }
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    reading.error = error.message;
  }
  reading.rest = [...framer.held];
  return { ...reading, taken };
}
