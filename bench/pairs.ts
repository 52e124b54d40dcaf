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
  /** Before it, in seconds: so long V8 takes to compile what a request goes through, on a slow machine. */
  warmUp: number;
  /** What the sizes of boards, crowds and inputs are divided by. */
  divisor: number;
}

/** What `deno task bench` does. */
export const FULL: Effort = { rounds: 5, leastRounds: 3, rowBound: 24_000, seconds: 1.2, warmUp: 1, divisor: 1 };

/** Every row once, as short as can be: only whether it can be measured. */
export const SMOKE: Effort = { rounds: 1, leastRounds: 1, rowBound: 0, seconds: 0.1, warmUp: 0, divisor: 50 };

/**
 * Measures things in turn, so that what else the machine does falls on all of them: A, B, A, B, and so on.
 *
 * @param effort how many rounds
 * @param measures each measures one thing once
 * @returns for each round, what each has measured
 */
export async function inTurn<T>(effort: Effort, ...measures: (() => Promise<T>)[]): Promise<T[][]> {
  const rounds: T[][] = [];
  const start = performance.now();
  while (
    rounds.length < effort.leastRounds ||
    rounds.length < effort.rounds && performance.now() - start < effort.rowBound
  ) {
    const round: T[] = [];
    for (const measure of measures) round.push(await measure());
    rounds.push(round);
  }
  return rounds;
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
