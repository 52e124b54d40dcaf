/** Whether the long forms of the tests are asked for: `deno task test:long`. */
export const isLong: boolean = Deno.env.get("RECADO_TEST_LONG") === "1";

/** One value for CI, another for the long form. */
export function sized<T>(short: T, long: T): T {
  return isLong ? long : short;
}

/** A seed for what is random: the same at every run in CI, another at each long run; it is printed, so that a finding can be had again. */
export function seed(name: string): number {
  const given = Deno.env.get("RECADO_TEST_SEED");
  const seed = given !== undefined ? Number(given) : sized(20_240_601, crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`${name}: RECADO_TEST_SEED=${seed}`);
  return seed;
}

/**
 * The rounds of a test that is bounded in time, counted from 0. How far they came is printed: with the same `RECADO_TEST_SEED`, and with
 * `RECADO_TEST_ROUNDS` where this machine is slower, a finding can be had again.
 *
 * @param name of the test
 * @param seconds they go on for that long
 * @param least and until so many are over
 */
export function* rounds(name: string, seconds: number, least: number): Generator<number, void> {
  const end = performance.now() + seconds * 1000;
  const wanted = Math.max(least, Number(Deno.env.get("RECADO_TEST_ROUNDS") ?? 0));
  let round = 0;
  try {
    for (; round < wanted || performance.now() < end; round++) yield round;
  } finally {
    console.log(`${name}: ${round} rounds`);
  }
}
