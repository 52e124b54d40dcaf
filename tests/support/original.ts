import { Lines } from "./send.ts";

const SERVER = new URL("./original_server.py", import.meta.url).pathname;
const CLIENT = new URL("./original_client.py", import.meta.url).pathname;

/** The double of the original server, in a process of its own. */
export class OriginalServer implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Lines;

  private constructor(child: Deno.ChildProcess, stdout: Lines, port: number) {
    this.#child = child;
    this.#stdout = stdout;
    this.port = port;
  }

  /** Starts it, and waits until it listens. */
  static async start(): Promise<OriginalServer> {
    const child = new Deno.Command("python3", { args: [SERVER], stdin: "null", stdout: "piped" }).spawn();
    const stdout = new Lines(child.stdout);
    return new OriginalServer(child, stdout, Number(await stdout.next()));
  }

  /** Ends it; throws when it received in one piece what was not exactly one request. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    const complaints = await this.#stdout.rest();
    if (complaints !== "") throw new Error(`The original server was sent what it cannot take: ${complaints}`);
  }
}

/** The double of the original client, in a process of its own, with somebody who types and waits for each answer. */
export class OriginalClient implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: Lines;

  /** @param port of the server */
  constructor(port: number) {
    const options = { args: [CLIENT, `${port}`], env: { PYTHONIOENCODING: "utf-8" } };
    this.#child = new Deno.Command("python3", { ...options, stdin: "piped", stdout: "piped" }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = new Lines(this.#child.stdout);
  }

  /** Types a line and gives back the one that is shown then. */
  async type(line: string): Promise<string | undefined> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
    return await this.#stdout.next();
  }

  /** Leaves; gives back what is shown until the end. */
  async leave(): Promise<string> {
    await this.#stdin.close();
    return await this.#stdout.rest();
  }

  /** Waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#stdin.close(), this.#stdout.close()]);
    await this.#child.status;
  }
}
