import { type Command, ExitCode, OutputError, print, readOptions, UsageError, variable } from "../cli/mod.ts";
import { ask, askHealth } from "./ask.ts";
import { readServer } from "./credentials.ts";
import { ClientError } from "./errors.ts";
import { OPERATION_NAMES, readOperation } from "./operation.ts";
import { SEND_OPTIONS } from "./options.ts";
import { exitCodeOfError, exitCodeOfFailure } from "./outcome.ts";
import { type SendValues, Session } from "./session.ts";

/** What the command line of `recado send` takes. */
export const SEND: Command = { help: "ask a server", words: Object.keys(OPERATION_NAMES), options: SEND_OPTIONS };

/**
 * `recado send`: asks a server, prints its answers, and says by the exit code how it went.
 *
 * @param args what follows `send` on the command line
 * @returns the exit code
 * @throws {UsageError} when the command line is wrong
 * @throws {ConfigurationError} when an environment variable is wrong, or the file of the token or the authorities
 */
export async function sendCommand(args: readonly string[]): Promise<ExitCode> {
  const { values, operands, given } = await readOptions(SEND_OPTIONS, args, variable);
  // --json is a form of --output: the last one on the command line counts, and any there overrides the environment
  if ([...given].findLast((name) => name === "json" || name === "output") === "output") values.json = false;
  if (values.help || values.version) {
    await print(
      Deno.stdout,
      values.help ? (await import("./help.ts")).helpText() : `recado ${(await import("../version.ts")).VERSION}\n`,
    );
    return ExitCode.Ok;
  }
  const task = chooseTask(values, operands);
  const session = new Session(values, await readServer(values, given));
  try {
    const code = await task(session).catch((error) => {
      if (error instanceof OutputError) throw error; // flush() would throw it again
      return tellFailure(session, error);
    });
    await session.printer.flush();
    return code;
  } catch (error) {
    return await tellFailure(session, error);
  }
}

type Task = (session: Session) => Promise<ExitCode>;

/** What the command line asks for. stdin is read only if it says so, or if it names no operation and there is no terminal for a shell. */
function chooseTask(values: SendValues, operands: readonly string[]): Task {
  const { health, lines, requests, file } = values;
  const [operand] = operands;
  if (values.null && !lines) throw new UsageError("Option --null goes with --lines");
  const instead = [health && "--health", lines && "--lines", requests && "--requests"].filter(Boolean);
  if (instead.length > 1) throw new UsageError(`Options ${instead.join(" and ")} exclude each other`);
  if (instead.length === 1 && operand !== undefined) {
    throw new UsageError(`Unexpected operand ${JSON.stringify(operand)} with ${instead[0]}`);
  }
  const asked = operand === undefined || operand === "-" ? undefined : readOperation(operands, file !== "");
  if (file && asked?.op !== "adicionar") throw new UsageError("Option --file goes with adicionar");
  if (health) return askHealth;
  if (lines) return bulk("-", values.null ? "\0" : "\n");
  if (requests) return bulk(requests);
  if (operand === "-") {
    if (operands.length === 1) return bulk("-");
    throw new UsageError(`Unexpected operand ${JSON.stringify(operands[1])}; usage: recado send -`);
  }
  if (asked !== undefined) return (session) => ask(session, asked);
  // a shell's prompts must not end up in a file or a pipe
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() ? shell : bulk("-");
}

/** Bulk input and the shell are loaded only when needed: a single request must not wait for them. */
function bulk(path: string, lineEnd?: "\n" | "\0"): Task {
  return async (session) => await (await import("./bulk_command.ts")).sendInput(session, path, lineEnd);
}

async function shell(session: Session): Promise<ExitCode> {
  return await (await import("./shell.ts")).runShell(session);
}

/** Says in one line what went wrong with a server or an input; throws any other error on, for `runCommand`. */
async function tellFailure(session: Session, error: unknown): Promise<ExitCode> {
  if (error instanceof Deno.errors.BrokenPipe) return ExitCode.Ok; // whoever reads our output has had enough
  const code = error instanceof ClientError ? exitCodeOfFailure(error) : exitCodeOfError(error);
  if (code === undefined) throw error;
  if (error instanceof ClientError) await session.printer.print(await session.output.failure(error));
  else await session.tell((error as Error).message);
  return code;
}
