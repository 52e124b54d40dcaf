import { assert, assertEquals } from "@std/assert";
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
