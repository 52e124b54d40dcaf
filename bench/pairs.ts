/** How much is measured, and how long that may take. */
export interface Effort {
  /** How many times all are measured in turn. */
  rounds: number;
  /** How many times at least: a row that has passed its bound is content with these. */
  leastRounds: number;
  /** How long a row may take before that, in milliseconds. */
  rowBound: number;
  /** Of load, in seconds. */
  seconds: number;
  /** In how many slices, in turn with what it is compared with: what else the machine does then falls on both. */
  slices: number;
  /** Before the first slice, in seconds: so long V8 takes to compile what a request goes through, on a slow machine. */
  warmUp: number;
  /** What the sizes of boards, crowds and inputs are divided by. */
  divisor: number;
}

/** What `deno task bench` does. */
export const FULL: Effort = {
  rounds: 5,
  leastRounds: 3,
  rowBound: 24_000,
  seconds: 1.2,
  slices: 6,
  warmUp: 1,
  divisor: 1,
};

/** Every row once, as short as can be: only whether it can be measured. */
export const SMOKE: Effort = {
  rounds: 1,
  leastRounds: 1,
  rowBound: 0,
  seconds: 0.1,
  slices: 1,
  warmUp: 0,
  divisor: 50,
};

/** The warm-up of a slice, in seconds: its connections have all been answered then. */
const SLICE_WARM_UP = 0.02;

/**
 * Measures as often as it is to be measured.
 *
 * @param effort how many rounds
 * @param measure measures a round
 * @returns what each round has measured
 */
export async function inRounds<T>(effort: Effort, measure: () => Promise<T>): Promise<T[]> {
  const rounds: T[] = [];
  const start = performance.now();
  while (
    rounds.length < effort.leastRounds ||
    rounds.length < effort.rounds && performance.now() - start < effort.rowBound
  ) rounds.push(await measure());
  return rounds;
}

/**
 * Measures things in turn, so that what else the machine does falls on all of them: A, B, A, B, and so on.
 *
 * @param effort how many rounds
 * @param measures each measures one thing once
 * @returns for each round, what each has measured
 */
export async function inTurn<T>(effort: Effort, ...measures: (() => Promise<T>)[]): Promise<T[][]> {
  return await inRounds(effort, async () => {
    const round: T[] = [];
    for (const measure of measures) round.push(await measure());
    return round;
  });
}

/** A part of what is measured: how long its load is, and which one it is, from 0. */
export interface Slice {
  seconds: number;
  warmUp: number;
  number: number;
}

/** How much was done in a slice, and in how many seconds. */
export interface Work {
  amount: number;
  seconds: number;
}

/**
 * Measures things once, each in slices in turn with the others': a machine that is slow for half a second is slow for all of them.
 *
 * @param effort how long, in how many slices, and how long each is warmed up before
 * @param measures each measures a slice of one thing
 * @returns how much each has done a second, the warm-up left out
 */
export async function inSlices(effort: Effort, ...measures: ((slice: Slice) => Promise<Work>)[]): Promise<number[]> {
  const totals = measures.map(() => ({ amount: 0, seconds: 0 }));
  const seconds = effort.seconds / effort.slices, first = Math.ceil(effort.warmUp / seconds);
  for (let number = 0; number < first + effort.slices; number++) {
    for (const [at, measure] of measures.entries()) {
      const work = await measure({ seconds, warmUp: effort.warmUp > 0 ? SLICE_WARM_UP : 0, number });
      // the first ones are the warm-up, with connections of their own, for what opens and closes them is compiled then, too
      if (number < first) continue;
      totals[at].amount += work.amount;
      totals[at].seconds += work.seconds;
    }
  }
  return totals.map(({ amount, seconds }) => amount / seconds);
}

/**
 * The middle one of some numbers; the mean of the two in the middle when their count is even.
 *
 * @param numbers in any order, not empty
 */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new Error("Cannot take the median of no numbers");
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
