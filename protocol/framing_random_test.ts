import { assertEquals } from "@std/assert";
import { ConcatenatedJsonParseStream } from "@std/json";
import { bytesOf } from "../tests/support/bytes.ts";
import { frame } from "../tests/support/frame.ts";
import { pure } from "../tests/support/pure.ts";
import { cut } from "../tests/support/fuzz.ts";
import { Random } from "../tests/support/random.ts";

pure("framing: random texts on random cuts are what the standard library's parser makes of them", async () => {
  const random = new Random(20_240_601);
  for (let round = 0; round < 150; round++) {
    const values = Array.from({ length: random.below(12) }, () => closed(random.json(4)));
    const stream = values.map((value) => join(value, random)).join("");
    const { texts } = frame(cut(bytesOf(stream), random));
    const judged = await Array.fromAsync(
      ReadableStream.from([stream]).pipeThrough(new ConcatenatedJsonParseStream()),
    );
    assertEquals(texts.map((text) => JSON.parse(text)), judged);
    assertEquals(judged, values);
  }
});

/** A value whose text closes itself: the standard library's parser fails at some numbers at the top level. */
function closed(value: unknown): unknown {
  return typeof value === "string" || typeof value === "object" && value !== null ? value : [value];
}

function join(value: unknown, random: Random): string {
  return JSON.stringify(value, undefined, random.pick([0, 0, 1, "\t"])) + random.pick(["", " ", "\r\n"]);
}
