import { assertEquals, assertLess } from "@std/assert";
import { Framer } from "./mod.ts";
import { bytesOf } from "../tests/support/bytes.ts";
import { pure } from "../tests/support/pure.ts";

/** How many bytes are copied while a request comes a byte at a time: what `Uint8Array.set` is given. */
function copied(size: number): number {
  const request = bytesOf(`{"op":"x","data":"${"a".repeat(size - 20)}"}`);
  const original = Uint8Array.prototype.set;
  let bytes = 0;
  Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
    bytes += source.length;
    original.call(this, source, offset);
  };
  try {
    const framer = new Framer({ maxBytes: 1_048_576, maxDepth: 64 });
    for (let at = 0; at < request.length - 1; at++) {
      framer.push(request.subarray(at, at + 1));
      assertEquals(framer.next(), undefined);
    }
    framer.push(request.subarray(-1));
    assertEquals(framer.next()?.length, size);
  } finally {
    Uint8Array.prototype.set = original;
  }
  return bytes;
}

pure("framing: a request of the largest size, a byte at a time, is copied a few times and no more", () => {
  for (const size of [1000, 65_536, 1_048_576]) assertLess(copied(size), 4 * size);
});
