import { MissingPeer } from "./missing.ts";

/** Something that does not end by itself is killed after this time, so that the bench stays bounded. */
const LIFETIME = 60_000;

/** How a program is run. */
export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** A file that it reads as its standard input. */
  stdin?: string;
  /** A file that takes its standard output. */
  stdout?: string;
  /** How many files it may have open; more than usual, for a crowd of connections. */
  descriptors?: number;
}

/** What a program that has ended left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** From its start to its end. */
  seconds: number;
}

/** A program that runs until it is disposed of: killed, for nothing that it holds is wanted any more. */
export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #outputs: Promise<void>[];
  readonly #waiting: (() => void)[] = [];
  #text = "";
  #over = false;

  /**
   * Starts a program.
   *
   * @param command the program and its arguments
   * @throws {MissingPeer} when it is not installed
   */
  constructor(command: readonly string[], options: RunOptions = {}) {
    this.#name = command.slice(0, 3).join(" ");
    this.#child = spawn(command, options, "piped");
    this.#timer = setTimeout(() => this.#kill(), LIFETIME);
    this.#outputs = [this.#gather(this.#child.stdout), this.#gather(this.#child.stderr)];
    Promise.all(this.#outputs).then(() => {
      this.#over = true;
      this.#wake();
    });
  }

  /** The number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Waits until it has printed something, on either stream.
   *
   * @param pattern what
   * @throws {Error} when it ends before
   */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#text.match(pattern);
      if (match !== null) return match;
      if (this.#over) throw new Error(`${this.#name} ended before it was ready: ${this.#text.trim()}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Kills it, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#kill();
    await this.#child.stdin.abort().catch(() => {}); // it may be closed already
    await Promise.all([this.#child.status, ...this.#outputs]);
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
  }

  async #gather(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += piece;
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/**
 * Runs a program to its end.
 *
 * @param command the program and its arguments
 * @throws {MissingPeer} when it is not installed
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const start = performance.now();
  const child = spawn(command, options, "null");
  const timer = setTimeout(() => child.kill("SIGKILL"), LIFETIME);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const seconds = (performance.now() - start) / 1000;
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr), seconds };
}

/**
 * The same, for a program that must succeed.
 *
 * @param command the program and its arguments
 * @throws {Error} when its exit code is not 0
 */
export async function runWell(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const ended = await run(command, options);
  if (ended.code === 0) return ended;
  throw new Error(`Cannot run ${command.slice(0, 3).join(" ")}: it exited ${ended.code}: ${ended.stderr.trim()}`);
}

function spawn(command: readonly string[], options: RunOptions, stdin: "piped" | "null"): Deno.ChildProcess {
  const [program, ...args] = inShell(command, options);
  try {
    return new Deno.Command(program, {
      args,
      cwd: options.cwd,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...options.env },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new MissingPeer(`${command[0]} is not installed`);
    throw error;
  }
}

/** What only a shell can give to a program is given by one that the program then replaces: its process is the same. */
function inShell(command: readonly string[], { descriptors, stdin, stdout }: RunOptions): readonly string[] {
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors} || exit; `;
  const from = stdin === undefined ? "" : ` <'${stdin}'`, to = stdout === undefined ? "" : ` >'${stdout}'`;
  return limit + from + to === "" ? command : ["sh", "-c", `${limit}exec "$@"${from}${to}`, "sh", ...command];
}
