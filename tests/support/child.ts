const MAIN = new URL("../../main.ts", import.meta.url).href;
const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-write", "--allow-env"];

/** How a child is started. */
export interface ChildOptions {
  /** Environment variables; those of `RECADO_…` of this process are not passed on. */
  env?: Record<string, string>;
  /** The working folder. */
  cwd?: string;
  /** Commands of `sh` that are run before the program, in its process: `umask 000`. */
  before?: string;
}

/** What a command that has ended left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that should have ended by itself is killed after this time, so that its test fails and does not hang. */
const LIFETIME = 60_000;

/**
 * Runs `recado` to its end.
 *
 * @param args its command line
 */
export async function run(args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  const child = command(args, options).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIFETIME);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** `recado serve` on a free port, in a process of its own, which is killed at the latest when this is disposed of. */
export class ServeChild implements AsyncDisposable {
  /** Where it listens; `NaN` when that is not TCP. */
  readonly port: number;
  /** The line with which it began. */
  readonly startLine: string;
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #log: ChildLog;

  private constructor(child: Deno.ChildProcess, ended: Promise<Ended>, log: ChildLog, startLine: string) {
    this.#child = child;
    this.#log = log;
    this.#ended = ended;
    this.startLine = startLine;
    this.port = Number(startLine.match(/^Listening on [^ ]*:(\d+)\b/)?.[1]);
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param args more options of `serve`
   */
  static async start(args: readonly string[], options: ChildOptions = {}): Promise<ServeChild> {
    const child = command(["serve", "--port", "0", ...args], options).spawn();
    const log = new ChildLog();
    const ended = Promise.all([child.status, gather(child.stdout), gather(child.stderr, (text) => log.grow(text))])
      .then(([{ code }, stdout, stderr]) => ({ code, stdout, stderr }));
    const early = ended.then(({ code, stderr }) => Promise.reject(new Error(`serve ended with ${code}: ${stderr}`)));
    early.catch(() => {}); // it ends at some time
    const timer = setTimeout(() => child.kill("SIGKILL"), LIFETIME);
    try {
      const [startLine] = await Promise.race([log.matches(/Listening on .* messages(?=.*\n)/), early]);
      return new ServeChild(child, ended, log, startLine);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until its stderr has text that matches. */
  async logged(pattern: RegExp): Promise<void> {
    await this.#log.matches(pattern);
  }

  /** The number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Kills it if it is still there. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#ended;
  }
}

/** What a child has written to stderr so far. */
class ChildLog {
  #text = "";
  #grown = Promise.withResolvers<void>();

  grow(text: string): void {
    this.#text = text;
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  async matches(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#text.match(pattern);
      if (match !== null) return match;
      await this.#grown.promise;
    }
  }
}

/** The command of `recado` with these arguments, its outputs piped. */
export function command(args: readonly string[], { env = {}, cwd, before }: ChildOptions): Deno.Command {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("RECADO_"));
  const program = [Deno.execPath(), "run", ...PERMISSIONS, MAIN, ...args];
  const [first, ...rest] = before === undefined ? program : ["sh", "-c", `${before}; exec "$@"`, "sh", ...program];
  return new Deno.Command(first, {
    args: rest,
    cwd,
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function gather(stream: ReadableStream<Uint8Array>, seen: (text: string) => void = () => {}): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) seen(text += piece);
  return text;
}
