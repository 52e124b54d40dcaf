import { assertEquals } from "@std/assert";
import { nextSize } from "./read_buffer.ts";

/** The sizes of the buffers for reads of as many bytes as are waiting, or as there is room for; what is read is one batch. */
function sizes(...waiting: number[]): number[] {
  const sizes = [512];
  for (let rest = waiting.shift(), isRest = false; rest !== undefined;) {
    const size = sizes.at(-1)!, read = Math.min(rest, size);
    sizes.push(nextSize(size, read, isRest, 1));
    isRest = read === size;
    rest = rest > read ? rest - read : waiting.shift();
  }
  return sizes;
}

Deno.test("read buffer: it grows fourfold as long as reads fill it, up to 64 KiB", () => {
  assertEquals(sizes(1_000_000).slice(0, 6), [512, 2048, 8192, 32_768, 65_536, 65_536]);
});

Deno.test("read buffer: it becomes smaller when little comes, down to 512 bytes", () => {
  assertEquals(sizes(512, 60, 60, 60), [512, 2048, 2048, 512, 512]);
  assertEquals(sizes(512, 300, 300, 300), [512, 2048, 2048, 2048, 2048]);
  assertEquals(nextSize(1024, 1, false, 1), 512);
});

Deno.test("read buffer: it keeps its size for batches that take just more than one of a smaller size", () => {
  assertEquals(sizes(2100, 2100, 2100), [512, 2048, 2048, 8192, 8192, 8192]);
});

Deno.test("read buffer: it does not grow where a read has more than a batch of requests, and becomes smaller where it has many", () => {
  const sizes = (bytesOfRequest: number) => {
    const sizes = [512];
    for (let reads = 0; reads < 6; reads++) {
      const size = sizes.at(-1)!;
      sizes.push(nextSize(size, size, true, Math.ceil(size / bytesOfRequest / 512)));
    }
    return sizes;
  };
  assertEquals(sizes(2), [512, 2048, 2048, 2048, 2048, 2048, 2048]);
  assertEquals(sizes(30), [512, 2048, 8192, 32_768, 32_768, 32_768, 32_768]);
  assertEquals(sizes(100), [512, 2048, 8192, 32_768, 65_536, 65_536, 65_536]);
  assertEquals(nextSize(65_536, 65_536, true, 64), 16_384);
  assertEquals(nextSize(512, 300, false, 5), 512);
});
