import { assert, assertEquals } from "@std/assert";
import { FrameError } from "./errors.ts";
import { readByTheSchema, readRequest } from "./request.ts";
import { frame } from "../tests/support/frame.ts";
import { cut, stream } from "../tests/support/fuzz.ts";
import { seed, sized } from "../tests/support/long.ts";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";

const STREAMS = sized(100_000, 10_000_000);
const SEED = seed("fuzzing of the framing");

/** What a way to read a request makes of a text. */
function outcome(read: typeof readRequest, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    assert(error instanceof FrameError && error.code === "not-json", `${error}`);
    return error.message;
  }
}

pure(`fuzzing: ${STREAMS} streams are split alike however they are cut, and each text is read alike both ways`, () => {
  const random = new Random(SEED);
  for (let round = 0; round < STREAMS; round++) {
    const bytes = stream(random);
    const whole = frame([bytes], { maxBytes: 200, maxDepth: 8 });
    const told = () => `round ${round}: ${JSON.stringify(Array.from(bytes))}`;
    assertEquals(frame(cut(bytes, random), { maxBytes: 200, maxDepth: 8 }), whole, told());
    for (const text of whole.texts) {
      assertEquals(outcome(readRequest, text), outcome(readByTheSchema, text), told());
      // what is taken for JSON is JSON
      if (typeof outcome(readRequest, text) === "object") JSON.parse(text);
    }
  }
  assertEquals(Object.keys(Object.prototype), []);
});
