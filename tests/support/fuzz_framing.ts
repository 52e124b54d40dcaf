/// <reference lib="deno.worker" />
import { assert, assertEquals } from "@std/assert";
import { FrameError } from "../../protocol/mod.ts";
import { readRequest } from "../../protocol/request.ts";
import { readBothWays } from "./both_ways.ts";
import { frame } from "./frame.ts";
import { cut, stream } from "./fuzz.ts";
import { rounds } from "./long.ts";
import { hasProc, threadSeconds } from "./process.ts";
import { Random } from "./random.ts";

/** What the worker is told. */
export interface FramingTask {
  name: string;
  seed: number;
  seconds: number;
  least: number;
}

/** What it says: the round that it has come to, that it is done, or what it found. */
export type FramingNews = { round: number } | { done: true } | { found: string };

/** How many rounds are timed together: looking at the clock of the thread takes as long as a round. */
const TIMED = 50;

self.onmessage = ({ data }: MessageEvent<FramingTask>) => {
  try {
    fuzz(data);
    say({ done: true });
  } catch (error) {
    say({ found: (error as Error).stack! });
  }
};

function say(news: FramingNews): void {
  self.postMessage(news);
}

function fuzz({ name, seed, seconds, least }: FramingTask): void {
  const random = new Random(seed);
  let before = 0;
  for (const round of rounds(name, seconds, least)) {
    if (round % TIMED === 0) {
      say({ round });
      if (hasProc) {
        const now = threadSeconds();
        assert(
          round === 0 || now - before < 1,
          `rounds ${round - TIMED} to ${round} took ${now - before} s of processor`,
        );
        before = now;
      }
    }
    const bytes = stream(random);
    try {
      check(bytes, random);
    } catch (cause) {
      throw new Error(`Round ${round}, ${JSON.stringify(Array.from(bytes))}: ${(cause as Error).message}`, { cause });
    }
  }
  assertEquals(Object.keys(Object.prototype), []);
}

/** However a stream is cut, its texts are the same, and each is read as the same request by the short way and the long one. */
function check(bytes: Uint8Array, random: Random): void {
  const limits = { maxBytes: random.pick([60, 200]), maxDepth: 8 };
  const whole = frame([bytes], limits), pieces = cut(bytes, random);
  assertEquals(frame(pieces, limits), whole);
  readBothWays([bytes], limits, random);
  readBothWays(pieces, limits, random);
  for (const text of whole.texts) {
    // what is taken for JSON is JSON
    if (isTaken(text)) JSON.parse(text);
  }
}

function isTaken(text: string): boolean {
  try {
    readRequest(text);
    return true;
  } catch (error) {
    assert(error instanceof FrameError && error.code === "not-json", `${error}`);
    return false;
  }
}
