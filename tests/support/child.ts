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
  /** Where it listens. */
  readonly port: number;
  /** The line with which it began. */
  readonly startLine: string;
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<Ended>;

  private constructor(child: Deno.ChildProcess, ended: Promise<Ended>, startLine: string) {
    this.#child = child;
    this.#ended = ended;
    this.startLine = startLine;
    this.port = Number(startLine.match(/:(\d+), store/)![1]);
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param args more options of `serve`
   */
  static async start(args: readonly string[], options: ChildOptions = {}): Promise<ServeChild> {
    const child = command(["serve", "--port", "0", ...args], options).spawn();
    const started = Promise.withResolvers<string>();
    const errors = gather(child.stderr, (text) => {
      const line = text.match(/Listening on .* messages/);
      if (line !== null && text.includes("\n", line.index)) started.resolve(line[0]);
    });
    const ended = Promise.all([child.status, gather(child.stdout), errors])
      .then(([{ code }, stdout, stderr]) => ({ code, stdout, stderr }));
    ended.then(({ code, stderr }) => started.reject(new Error(`serve ended with ${code}: ${stderr}`)));
    const timer = setTimeout(() => child.kill("SIGKILL"), LIFETIME);
    try {
      return new ServeChild(child, ended, await started.promise);
    } finally {
      clearTimeout(timer);
    }
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
