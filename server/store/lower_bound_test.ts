import { assertEquals } from "@std/assert";
import { Random } from "../../tests/support/random.ts";
import { lowerBound } from "./lower_bound.ts";

/** Steps between places: one behind the other, a few gone, most gone, and a few far away. */
const STEPS: Record<string, (random: Random) => number> = {
  "follow one another": () => 1,
  "have gaps": (random) => 1 + Math.max(0, random.below(10) - 7),
  "are far apart": (random) => 1 + random.below(1000),
  "are uneven": (random) => random.below(20) === 0 ? 1e9 : 1,
};

for (const [name, step] of Object.entries(STEPS)) {
  Deno.test(`lower bound: is found among places that ${name}, whatever stands behind them`, () => {
    const random = new Random(3);
    for (let round = 0; round < 300; round++) {
      const count = random.below(round < 50 ? 5 : 200), places = new Float64Array(256);
      let place = random.pick([-1, 0, 7, 1e12]);
      for (let at = 0; at < count; at++, place += step(random)) places[at] = place;
      places.fill(random.pick([0, NaN, -5, 1e15]), count);
      const near = Array.from(places.subarray(0, count)).flatMap((place) => [place - 1, place, place + 1]);
      for (const wanted of [-10, -1, 0, 1e6, 1e12, 1e14, ...near]) {
        const expected = places.subarray(0, count).findIndex((place) => place >= wanted);
        assertEquals(lowerBound(places, count, wanted), expected < 0 ? count : expected, `${wanted} of ${count}`);
      }
    }
  });
}
