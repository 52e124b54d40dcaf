import { median } from "./pairs.ts";
import type { Workplace } from "./workplace.ts";

/** How a number is to be read. */
export type Unit = "per second" | "bytes per second" | "seconds" | "bytes" | "times";

/** What a figure is to be. */
export type Goal = { atLeast: number } | { atMost: number };

/** One figure of a row. */
export interface Figure {
  /** What it is of, where a row has several. */
  of?: string;
  /** The unit of `ours` and `peer`. */
  unit: Unit;
  /** Recado's, the median of all rounds. */
  ours: number;
  /** Its peer's, the median of all rounds. */
  peer?: number;
  /** The median of the ratios of each round; where there is no peer, the same as `ours`. */
  value: number;
  /** What was measured in each round: Recado's, and its peer's. */
  rounds: readonly (readonly number[])[];
  /** Left out where the figure is there to be known, and not to be met. */
  goal?: Goal;
}

/** One line of the goal table. */
export interface Row {
  /** What `deno task bench NAME` takes. */
  name: string;
  work: string;
  against: string;
  /** @throws {MissingPeer} when what it needs is not installed */
  measure(workplace: Workplace): Promise<Figure[]>;
}

/**
 * The figure of something that was measured beside its peer.
 *
 * @param rounds for each round, what Recado did and what the peer did
 * @param about what it is of, in which unit, and its goal
 */
export function compare(
  rounds: readonly (readonly number[])[],
  about: Pick<Figure, "of" | "unit" | "goal">,
): Figure {
  return {
    ...about,
    ours: median(rounds.map(([ours]) => ours)),
    peer: median(rounds.map(([, peer]) => peer)),
    value: median(rounds.map(([ours, peer]) => ours / peer)),
    rounds,
  };
}

/**
 * The figure of something that has no peer.
 *
 * @param measured in each round
 * @param about what it is of, in which unit, and its goal
 */
export function alone(measured: readonly number[], about: Pick<Figure, "of" | "unit" | "goal">): Figure {
  const ours = median(measured);
  return { ...about, ours, value: ours, rounds: measured.map((value) => [value]) };
}

/**
 * Whether a figure is as it is to be; `undefined` where that is not said.
 *
 * @param figure one of a row
 */
export function isMet({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}
