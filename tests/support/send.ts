const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const ON_TERMINAL = new URL("./send_on_terminal.py", import.meta.url).pathname;

/** How `recado send` is started. */
export interface SendOptions {
  /** Passed as `RECADO_PORT`. */
  port?: number;
  /** Further environment variables; those of `RECADO_…` of this process are not passed on. */
  env?: Record<string, string>;
  /** The whole of stdin; none unless it is given. */
  stdin?: string | Uint8Array;
}

/** What a command that has ended left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs `recado send` to its end.
 *
 * @param args what stands behind `send`
 */
export async function send(args: readonly string[], { stdin, ...options }: SendOptions = {}): Promise<Ended> {
  const child = command(args, options, stdin === undefined ? "null" : "piped").spawn();
  const written = stdin === undefined ? undefined : write(child.stdin, stdin);
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), written]);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/**
 * Runs a script of `sh`, in which `recado_send` stands for `recado send`.
 *
 * @param script its text
 */
export async function shellScript(script: string, options: Omit<SendOptions, "stdin"> = {}): Promise<Ended> {
  const prelude = `recado_send() { "$DENO" run --quiet -A "$MAIN" send "$@"; }\n`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", prelude + script],
    ...environment({ ...options, env: { ...options.env, DENO: Deno.execPath(), MAIN } }),
    stdin: "null",
  }).output();
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** What {@linkcode sendOnTerminal} is told. */
export interface TerminalOptions extends SendOptions {
  /** The width of the window; 80 unless it is given. */
  columns?: number;
  /** Which streams are the terminal, the others being pipes; both unless it is given. */
  terminal?: readonly ("stdout" | "stderr")[];
}

/**
 * Runs `recado send` under a pseudo-terminal, by way of `python3`. Lines that went through the terminal end with `\n`, as the program wrote them.
 *
 * @param args what stands behind `send`
 */
export async function sendOnTerminal(args: readonly string[], options: TerminalOptions = {}): Promise<Ended> {
  const { columns = 80, terminal = ["stdout", "stderr"] } = options;
  const task = JSON.stringify({ command: [Deno.execPath(), ...programArgs(args)], columns, terminal });
  const { code, stdout, stderr } = await new Deno.Command("python3", {
    args: [ON_TERMINAL, task],
    ...environment(options),
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(decode(stderr));
  return JSON.parse(decode(stdout));
}

/** `recado send` in a process of its own, whose streams the test holds; it is killed at the latest when this is disposed of. */
export class SendChild implements AsyncDisposable {
  /** The lines of its stdout. */
  readonly stdout: Lines;
  /** The lines of its stderr. */
  readonly stderr: Lines;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;

  /**
   * Starts it.
   *
   * @param args what stands behind `send`
   */
  constructor(args: readonly string[], options: Omit<SendOptions, "stdin"> = {}) {
    this.#child = command(args, options, "piped").spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.stdout = new Lines(this.#child.stdout);
    this.stderr = new Lines(this.#child.stderr);
  }

  /** Writes to its stdin; resolves once the pipe has taken it, and to `false` when nobody reads it any more. */
  async write(data: string | Uint8Array): Promise<boolean> {
    try {
      await this.#stdin.write(encode(data));
      return true;
    } catch {
      return false;
    }
  }

  /** Ends its stdin. */
  async endInput(): Promise<void> {
    await this.#stdin.close().catch(() => {}); // it has ended by itself
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<number> {
    return (await this.#child.status).code;
  }

  /** Kills it if it is still there. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#child.status;
    await Promise.allSettled([this.#stdin.abort(), this.stdout.close(), this.stderr.close()]);
  }
}

/** A stream of text, read a line at a time. */
export class Lines {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #held = "";

  /** @param stream of UTF-8 */
  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  }

  /** The next line, without its newline; `undefined` at the end. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end >= 0) {
        const line = this.#held.slice(0, end);
        this.#held = this.#held.slice(end + 1);
        return line;
      }
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      this.#held += value;
    }
  }

  /** All that is left. */
  async rest(): Promise<string> {
    let text = this.#held;
    for (let read = await this.#reader.read(); !read.done; read = await this.#reader.read()) text += read.value;
    this.#held = "";
    return text;
  }

  /** Reads no more: whoever writes finds the pipe closed. */
  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

function programArgs(args: readonly string[]): string[] {
  return ["run", "--quiet", "-A", MAIN, "send", ...args];
}

function command(args: readonly string[], options: SendOptions, stdin: "null" | "piped"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: programArgs(args),
    ...environment(options),
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

/** What describes the terminal of whoever runs the tests must not decide how they end. */
function environment({ port, env }: SendOptions): Pick<Deno.CommandOptions, "clearEnv" | "env"> {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !name.startsWith("RECADO_") && !["NO_COLOR", "FORCE_COLOR", "TERM"].includes(name));
  return {
    clearEnv: true,
    env: {
      ...Object.fromEntries(inherited),
      TERM: "xterm",
      ...port !== undefined && { RECADO_PORT: `${port}` },
      ...env,
    },
  };
}

/** A program that ends without having read all is no failure of the test's. */
async function write(stream: WritableStream<Uint8Array>, data: string | Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(encode(data));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

function encode(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
