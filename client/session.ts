import { type OptionValues, variable } from "../cli/mod.ts";
import { Client } from "./client.ts";
import type { ConnectOptions } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { SEND_OPTIONS } from "./options.ts";
import { Output, type OutputMode } from "./output.ts";
import { Printer } from "./printer.ts";
import { connectWithRetry } from "./retry.ts";

/** The values of the options of `recado send`. */
export type SendValues = OptionValues<typeof SEND_OPTIONS>;

/** One run of `send`: its options, where its output goes, and how to reach the server. */
export class Session {
  /** The options. */
  readonly values: SendValues;
  /** How answers are shown. */
  readonly output: Output;
  /** Where they go. */
  readonly printer: Printer;

  readonly #server: ConnectOptions;

  /**
   * @param values the options
   * @param server where it is, and its token
   */
  constructor(values: SendValues, server: ConnectOptions) {
    this.values = values;
    this.#server = server;
    this.output = new Output(outputMode(values), {
      color: takesColor(Deno.stdout),
      get columns() {
        return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : Infinity;
      },
    }, { color: takesColor(Deno.stderr) });
    this.printer = new Printer(values.quiet);
  }

  /** How long to wait for an answer, in milliseconds; 0 is for ever. */
  get timeout(): number {
    return this.values.timeout * 1000;
  }

  /**
   * Connects as the options say, and says on stderr when it tries again.
   *
   * @param signal gives up
   * @throws {ConnectError} when there is no connection
   */
  async connect(signal?: AbortSignal): Promise<Client> {
    return new Client(await this.dial(signal), this.timeout);
  }

  /** Like {@linkcode connect}, for requests by the thousand. */
  dial(signal?: AbortSignal): Promise<Connection> {
    return connectWithRetry({
      ...this.#server,
      signal,
      timeout: this.timeout,
      connectTimeout: this.values["connect-timeout"] * 1000,
    }, {
      retries: this.values.retry,
      delay: this.values["retry-delay"] * 1000,
      notify: (error, delay) => this.tell(`${error.message}, trying again in ${(delay / 1000).toFixed(1)} s`),
    });
  }

  /** Says something on stderr. */
  tell(message: string, todo?: string): Promise<void> {
    return this.printer.print({ stdout: "", stderr: this.output.diagnosis(message, todo) });
  }
}

function takesColor(stream: typeof Deno.stdout): boolean {
  return stream.isTerminal() && !Deno.noColor && variable("TERM") !== "dumb";
}

function outputMode({ json, output }: SendValues): OutputMode {
  if (json) return "json";
  if (output !== "") return output as OutputMode;
  return Deno.stdout.isTerminal() ? "text" : "raw";
}
