import { assertEquals } from "@std/assert";
import { ListingsUnderWay, Shared } from "./listings_under_way.ts";

const MEBIBYTE = 1_048_576;

Deno.test("listings under way: bytes that only they show are counted once, until the last of them is over", () => {
  const underWay = new ListingsUnderWay(), shared = new Shared(new Uint8Array(100), underWay);
  for (let times = 0; times < 2; times++) shared.hold();
  // when a listing fails half way, what has been replaced by then is dropped once more
  for (let times = 0; times < 2; times++) shared.supersede();
  assertEquals(underWay.kept, 100);
  shared.release();
  assertEquals(underWay.kept, 100);
  shared.release();
  assertEquals(underWay.kept, 0);
});

Deno.test("listings under way: of those that are too many the oldest are taken back, but not what the board shows still", () => {
  const underWay = new ListingsUnderWay(), taken: string[] = [];
  const add = (name: string, size: number, isOld: boolean) => {
    underWay.kept += size;
    const listing = {
      isOld,
      takeBack() {
        taken.push(name);
        underWay.kept -= size;
        underWay.delete(listing);
      },
    };
    underWay.add(listing);
  };
  add("current", 0, false);
  for (const name of ["first", "second", "third"]) add(name, 60 * MEBIBYTE, true);
  underWay.bound(45 * MEBIBYTE);
  assertEquals(taken, []);
  underWay.bound(0);
  assertEquals(taken, ["first"]);
  add("fourth", 60 * MEBIBYTE, true);
  underWay.bound(0);
  assertEquals(taken, ["first", "second"]);
});
