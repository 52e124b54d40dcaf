import { settles } from "../settles.ts";

/** How many characters may wait to be written; lines that have no room are dropped, and counted. */
const MAX_QUEUED = 262_144;

/** How long disposal waits for lines that are not written yet, in milliseconds: a reader that is stuck must not keep the process alive. */
const FLUSH_TIMEOUT = 500;

const encoder = new TextEncoder();

/** Where lines go. */
export interface LineSink {
  /** Writes at least some of the bytes, and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes lines in the background. If nobody reads the stream, only this writer waits, and never its caller: `console.error` would stop the
 * whole process once the pipe is full.
 */
export class LineWriter implements AsyncDisposable {
  readonly #sink: LineSink;
  readonly #droppedLine: (count: number) => string;
  #queue: string[] = [];
  #queued = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /**
   * @param sink `Deno.stderr`; its errors count as dropped lines, and the next line is tried again
   * @param droppedLine makes the line that says how many were dropped, once lines flow again
   */
  constructor(sink: LineSink, droppedLine: (count: number) => string) {
    this.#sink = sink;
    this.#droppedLine = droppedLine;
  }

  /**
   * Writes a line soon, or counts it as dropped if too many wait.
   *
   * @param line without its newline
   */
  write(line: string): void {
    if (this.#queued + line.length > MAX_QUEUED) {
      this.#dropped++;
      return;
    }
    this.#queue.push(line);
    this.#queued += line.length;
    this.#writing ??= this.#writeAll();
  }

  /** Waits until all lines are written, but at most half a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writing !== undefined) await settles(this.#writing, FLUSH_TIMEOUT);
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) await this.#writeQueue();
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeQueue(): Promise<void> {
    const lines = this.#queue, dropped = this.#dropped;
    this.#queue = [];
    this.#queued = this.#dropped = 0;
    try {
      await this.#writeOut(dropped > 0 ? [...lines, this.#droppedLine(dropped)] : lines);
    } catch {
      // there is nowhere to say that the log cannot be written: it is told once it can
      this.#dropped += lines.length + dropped;
    }
  }

  async #writeOut(lines: readonly string[]): Promise<void> {
    const bytes = encoder.encode(`${lines.join("\n")}\n`);
    for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at));
  }
}
