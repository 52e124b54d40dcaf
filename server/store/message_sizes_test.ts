import { assertEquals } from "@std/assert";
import { Random } from "../../tests/support/random.ts";
import { roomsIn } from "../../tests/support/rooms.ts";
import { MessageSizes } from "./message_sizes.ts";

interface Known {
  place: number;
  size: number;
}

/** Where messages begin and end, gone through one by one. */
function edgesOf(all: readonly Known[], removed: ReadonlySet<Known>, start: number): number[] {
  const edges = [start];
  let at = start;
  for (const message of all) {
    if (removed.has(message)) edges.push(at, at + message.size);
    at += message.size;
  }
  return edges;
}

for (const [what, share] of [["a few", 0.004], ["half", 0.5], ["nearly all", 0.99]] as const) {
  Deno.test(`where removed messages stand is found as by going through all: ${what} at a time`, () => {
    const random = new Random(7), sizes = new MessageSizes();
    let known: Known[] = [], place = 0;
    for (let round = 0; round < 60; round++) {
      for (let more = random.below(500); more > 0; more--) {
        place += 1 + random.below(random.below(100) === 0 ? 10_000 : 3);
        const message = { place, size: 1 + random.below(100_000) };
        sizes.append(message.place, message.size);
        known.push(message);
      }
      const removed = new Set(known.filter(() => random.next() < share)), start = random.below(1000);
      const edges = sizes.remove([...removed].map(({ place }) => place), start);
      assertEquals(edges, edgesOf(known, removed, start));
      known = known.filter((message) => !removed.has(message));
      assertEquals(sizes.count, known.length);
      assertEquals(sizes.last, place);
    }
  });
}

Deno.test("messages appended from another are found behind those that were there", () => {
  const sizes = new MessageSizes(), other = new MessageSizes();
  for (let place = 0; place < 100; place++) sizes.append(place, 10);
  for (let place = 100; place < 200; place++) other.append(place, 20);
  other.remove([100, 150], 0);
  sizes.appendAll(other);
  assertEquals(sizes.count, 198);
  assertEquals(sizes.remove([0, 101, 199], 5), [5, 5, 15, 1005, 1025, 2945, 2965]);
});

Deno.test("where messages come and go, the room of those that are gone is used again", () => {
  const rooms = roomsIn(() => {
    const sizes = new MessageSizes();
    for (let place = 0; place < 1000; place++) {
      sizes.append(place, 1);
      sizes.remove([place], 0);
    }
  });
  // two arrays of numbers each time that it is full, one of them for the blocks
  assertEquals(new Set(rooms), new Set([64, 2]));
});
