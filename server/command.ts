import {
  type Command,
  ConfigurationError,
  ExitCode,
  optionsHelp,
  print,
  readOptions,
  UsageError,
  variable,
} from "../cli/mod.ts";
import { VERSION } from "../version.ts";
import { ServeError } from "./errors.ts";
import { lineLog, type Log } from "./log/mod.ts";
import { logOptions, SERVE_OPTIONS, serveOptions } from "./options.ts";
import { dropPrivileges } from "./privileges.ts";
import { serve } from "./serve.ts";
import type { Server } from "./server.ts";
import type { ServeOptions } from "./settings.ts";
import { onHangup, Signals } from "./signals.ts";
import { StoreError } from "./store/mod.ts";

const HELP = `Usage: recado serve [OPTION]...

Serves a message board over TCP until SIGINT or SIGTERM; a second signal ends it at once.
SIGHUP reads the certificate and the token again.

Examples:
  recado serve
  recado serve --store memory --demo
  recado serve --port 0 --store sqlite:board.db --explain
  recado serve --unix recado.sock --unix-mode 660

Options, and the environment variables that stand for them:
`;

/** What the command line of `recado serve` takes. */
export const SERVE: Command = { help: "run the server", words: [], options: SERVE_OPTIONS };

/**
 * `recado serve`: reads the options, serves, and drains at SIGINT or SIGTERM; a second signal ends it at once. At SIGHUP it reads the
 * certificate and the token again.
 *
 * @param args what follows `serve` on the command line
 * @returns the exit code
 * @throws {UsageError} when the command line is wrong
 * @throws {ConfigurationError} when an environment variable is wrong
 */
export async function serveCommand(args: readonly string[]): Promise<ExitCode> {
  const { values, operands, given } = await readOptions(SERVE_OPTIONS, args, variable);
  if (values.help || values.version) {
    await print(Deno.stdout, values.help ? HELP + optionsHelp(SERVE_OPTIONS) : `recado ${VERSION}\n`);
    return ExitCode.Ok;
  }
  if (operands.length > 0) throw new UsageError(`Unexpected operand ${JSON.stringify(operands[0])}`);
  const options = serveOptions({ values, given });
  using signals = new Signals();
  await using log = lineLog(logOptions(values));
  const starting = start(options, log);
  using _hangup = onHangup(async () => await (await starting)?.reload());
  const server = await starting;
  if (server === undefined) return ExitCode.CannotServe;
  dropPrivileges(options);
  await signals.next();
  return await Promise.race([
    server.drain().then(() => ExitCode.Ok),
    signals.next().then(() => ExitCode.Interrupted),
  ]);
}

/** Says in one line, without a stack, what the operator can fix. */
async function start(options: ServeOptions, log: Log): Promise<Server | undefined> {
  try {
    return await serve(options, log);
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof ServeError || error instanceof ConfigurationError)) {
      throw error;
    }
    log.error(error.message);
  }
}
