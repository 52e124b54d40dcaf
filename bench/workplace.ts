import type { Effort } from "./pairs.ts";

/** The root of the project. */
export const ROOT = new URL("../", import.meta.url).pathname;

/** Beside the other products of the project, for what is in the system's temporary folder may be in memory, and never see the disk. */
const PLACE = `${ROOT}dist/`;

/** Where a run of the bench keeps its files, and how much it measures. */
export class Workplace implements Disposable {
  /** How much is measured. */
  readonly effort: Effort;
  /** A folder on the disk that is gone when the run is over. */
  readonly folder: string;

  /** @param effort how much is measured */
  constructor(effort: Effort) {
    this.effort = effort;
    Deno.mkdirSync(PLACE, { recursive: true });
    this.folder = Deno.makeTempDirSync({ dir: PLACE, prefix: "bench-" });
  }

  /** A new folder in it. */
  newFolder(): string {
    return Deno.makeTempDirSync({ dir: this.folder });
  }

  /** A size as the effort has it, a multiple of ten. */
  scaled(size: number): number {
    return Math.ceil(size / this.effort.divisor / 10) * 10;
  }

  /** Removes the folder and what is in it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Where something that outlives a run is kept: a compiled program, for example. */
export function cached(name: string): string {
  return PLACE + name;
}
