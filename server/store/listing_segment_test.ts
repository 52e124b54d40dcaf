import { assert, assertEquals, assertLess } from "@std/assert";
import { Segment } from "./listing_segment.ts";
import { ListingsUnderWay } from "./listings_under_way.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A segment with room before its messages, where two of four were, and too little behind them for another one. */
function withRoomBefore(): Segment {
  const message = (at: number) => new TextEncoder().encode(`${at}`.repeat(1000));
  const segment = Segment.of(0, message(0), new ListingsUnderWay());
  for (let place = 1; place < 4; place++) assert(segment.add(place, message(place)));
  for (const place of [0, 1]) segment.remove(place);
  segment.compact();
  return segment;
}

const MORE = new Uint8Array(1000).fill(0x34);
const LEFT = "2".repeat(1000) + "3".repeat(1000);

for (const isHeld of [false, true]) {
  Deno.test(`listing segment: the room before its messages is used for more, ${isHeld ? "but not where a listing under way shows them" : "in the same bytes"}`, () => {
    const segment = withRoomBefore(), { shared, view } = segment;
    assertEquals(text(view), LEFT);
    if (isHeld) shared.hold();
    assert(segment.add(4, MORE));
    assertEquals(text(segment.view), LEFT + text(MORE));
    assertEquals(segment.shared === shared, !isHeld);
    if (isHeld) assertEquals(text(view), LEFT);
  });
}

Deno.test("listing segment: a message for which there is no room in one of the largest size is to begin the next", () => {
  const segment = Segment.of(0, new Uint8Array(1_000_000), new ListingsUnderWay());
  assertEquals(segment.add(1, new Uint8Array(100_000)), false);
  assert(segment.add(1, new Uint8Array(10_000)));
  assertEquals(segment.view.length, 1_010_000);
});

Deno.test("listing segment: one of the largest size is not copied for little room before its messages", () => {
  const message = new Uint8Array(110_000), segment = Segment.of(0, message, new ListingsUnderWay());
  for (let place = 1; place < 9; place++) assert(segment.add(place, message));
  segment.remove(0);
  segment.compact();
  const { shared } = segment;
  assertEquals(segment.add(9, message), false);
  segment.remove(1);
  segment.compact();
  assert(segment.add(9, message));
  assertEquals(segment.shared, shared);
});

Deno.test("listing segment: what is behind it is taken over when the two leave half of the largest size free", () => {
  const of = (place: number, size: number) =>
    Segment.of(place, new Uint8Array(size).fill(place), new ListingsUnderWay());
  for (const [size, isTaken] of [[524_288 - 10, true], [524_288 - 9, false]] as const) {
    const segment = of(1, 10);
    assertEquals(segment.absorb(of(2, size)), isTaken);
    assertEquals([segment.count, segment.last, segment.view.length], isTaken ? [2, 2, 524_288] : [1, 1, 10]);
    assertEquals(segment.view.at(-1), isTaken ? 2 : 1);
  }
});

Deno.test("listing segment: a long message begins the next one, and there is not much more room than what is there needs", () => {
  const segment = Segment.of(0, new Uint8Array(10), new ListingsUnderWay());
  assertEquals(segment.add(1, new Uint8Array(131_073)), false);
  assert(segment.add(1, new Uint8Array(131_072)));
  assertLess(segment.shared.bytes.length, 3 * 131_072);
});
