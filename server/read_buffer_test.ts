import { assertEquals } from "@std/assert";
import { nextSize } from "./read_buffer.ts";

/** The sizes of the buffers for reads of as many bytes as are waiting, or as there is room for. */
function sizes(...waiting: number[]): number[] {
  const sizes = [512];
  for (let rest = waiting.shift(), isRest = false; rest !== undefined;) {
    const size = sizes.at(-1)!, read = Math.min(rest, size);
    sizes.push(nextSize(size, read, isRest));
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
});

Deno.test("read buffer: it keeps its size for batches that take just more than one of a smaller size", () => {
  assertEquals(sizes(2100, 2100, 2100), [512, 2048, 2048, 8192, 8192, 8192]);
});
