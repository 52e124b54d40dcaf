import { type Effort, median } from "./pairs.ts";
import { type Adding, addingRates, RECADO, REDIS } from "./rows/add.ts";
import { Workplace } from "./workplace.ts";

/** Throughput at one point, in requests a second. */
export interface Point {
  /** How many connections, or how deep. */
  at: number;
  recado: number;
  redis: number;
}

/** Throughput against the number of connections, one at a time, and against the depth, on 50 connections: what `bench/plot` draws. */
export interface Sweep {
  connections: Point[];
  depth: Point[];
}

const CONNECTIONS = [1, 10, 50, 200, 500, 2000], DEPTHS = [1, 4, 16, 64];
const MEMORY: Adding = { durable: false, connections: 50, depth: 1 };

/** Three rounds of less load each: there are many points, and a curve bears more than a goal. */
const LIGHTER: Partial<Effort> = { rounds: 3, leastRounds: 1, rowBound: 6000, seconds: 0.8, slices: 4, warmUp: 0.3 };

/**
 * Measures `adicionar` in the memory store beside `SET` in Redis at many points.
 *
 * @throws {MissingPeer} when Redis is not installed
 */
export async function measureSweep(workplace: Workplace): Promise<Sweep> {
  const isFull = workplace.effort.divisor === 1;
  using place = new Workplace(isFull ? { ...workplace.effort, ...LIGHTER } : workplace.effort);
  const points = async (values: readonly number[], adding: (value: number) => Adding) => {
    const points: Point[] = [];
    for (const at of isFull ? values : values.slice(0, 1)) {
      const rounds = await addingRates(place, adding(at), RECADO, REDIS);
      points.push({ at, recado: median(rounds.map(([ours]) => ours)), redis: median(rounds.map(([, peer]) => peer)) });
    }
    return points;
  };
  return {
    connections: await points(CONNECTIONS, (connections) => ({ ...MEMORY, connections })),
    depth: await points(DEPTHS, (depth) => ({ ...MEMORY, depth })),
  };
}
