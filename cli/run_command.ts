import { ConfigurationError, OutputError, UsageError } from "./errors.ts";
import { ExitCode } from "./exit_code.ts";
import { say } from "./print.ts";
import { visible, visibleJson } from "./visible.ts";

/**
 * Runs a command, and ends the process with its exit code. What is wrong with the command line, the environment or the output is said in one line;
 * any other error is a fault of this program.
 *
 * @param command gives its exit code
 */
export async function runCommand(command: () => Promise<ExitCode>): Promise<never> {
  Deno.exit(await command().catch(failed));
}

function failed(error: unknown): ExitCode {
  if (error instanceof Deno.errors.BrokenPipe) return ExitCode.Ok; // whoever reads our output has had enough
  const code = exitCodeOf(error), { message } = error as Error;
  if (code === undefined) say("recado: Internal error:", error);
  else say(asksForJson(Deno.args) ? visibleJson({ error: message }) : `recado: ${visible(message)}`);
  return code ?? ExitCode.Internal;
}

/** Looks for the last `--output` or `--json`, even on a command line that is wrong: their values never begin with a dash. */
function asksForJson(args: readonly string[]): boolean {
  let form = "";
  for (const [at, argument] of args.entries()) {
    if (argument === "--") break;
    const output = argument.match(/^(?:--output(?:=|$)|-[q0h]*o)(.*)$/)?.[1];
    if (argument === "--json") form = "json";
    else if (output !== undefined) form = output || args[at + 1];
  }
  return form === "json" || form === "jsonl";
}

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof UsageError) return ExitCode.Usage;
  if (error instanceof ConfigurationError) return ExitCode.Configuration;
  if (error instanceof OutputError) return ExitCode.Internal;
}
