import { OutputError, print, printSync } from "../cli/mod.ts";
import type { Printed } from "./output.ts";

/** How many characters may wait for a slow reader of stdout. */
const MAX_WAITING = 1_048_576;

/** Writes to stdout and stderr. What is printed during a write leaves together in the next one; if too much is waiting, the caller waits. */
export class Printer {
  readonly #quiet: boolean;
  #waiting = "";
  #writing: Promise<void> | undefined;
  /** Why stdout cannot be written any more. */
  #failure: Error | undefined;

  /** @param quiet print nothing at all */
  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /**
   * Prints; resolves at once unless too much is waiting already. Once nobody reads stdout any more it prints nothing and does not fail, so that the work
   * itself, like adding the lines of an input, goes on.
   *
   * @throws {OutputError} when it cannot be written
   */
  async print({ stdout, stderr }: Printed): Promise<void> {
    if (this.#quiet) return;
    if (stderr !== "") await print(Deno.stderr, stderr).catch(() => {}); // there is nowhere to say it
    if (stdout === "") return;
    if (this.#failure instanceof Deno.errors.BrokenPipe) return;
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting += stdout;
    this.#writing ??= this.#write();
    if (this.#waiting.length > MAX_WAITING) await this.#writing;
  }

  /**
   * Prints the last output, when nothing else is waiting, and returns when it is written. It is no error if nobody reads it.
   *
   * @throws {OutputError} when stdout cannot be written
   */
  printLast({ stdout, stderr }: Printed): void {
    if (this.#quiet) return;
    try {
      printSync(Deno.stderr, stderr);
    } catch {
      // there is nowhere to say it
    }
    try {
      printSync(Deno.stdout, stdout);
    } catch (error) {
      if (error instanceof OutputError) throw error; // any other error means that nobody reads it
    }
  }

  /**
   * Waits until all is written, or nobody reads it any more.
   *
   * @throws {OutputError} when it cannot be written
   */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure instanceof OutputError) throw this.#failure;
  }

  /** Never rejects: nobody may be waiting for it. */
  async #write(): Promise<void> {
    try {
      while (this.#waiting !== "") {
        const text = this.#waiting;
        this.#waiting = "";
        await print(Deno.stdout, text);
      }
    } catch (error) {
      this.#waiting = "";
      this.#failure = error as Error;
    } finally {
      this.#writing = undefined;
    }
  }
}
