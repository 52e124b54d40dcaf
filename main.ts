import { ConfigurationError, ExitCode, nearest, OutputError, print, say, UsageError } from "./cli/mod.ts";

const HELP = `Usage: recado COMMAND [OPTION]...

A small message board over TCP.

Commands:
  serve         run the server
  send          ask a server: list, add and delete messages
  completions   print the completion script of bash, zsh or fish

'recado COMMAND --help' says more. 'recado --version' prints the version.
`;

/** Each command is loaded only when it is called for: the client must not wait for the server's code. */
const COMMANDS: Record<string, (args: string[]) => Promise<ExitCode>> = {
  serve: async (args) => await (await import("./server/mod.ts")).serveCommand(args),
  send: async (args) => await (await (await import("./client/mod.ts")).loadSend()).sendCommand(args),
  completions: async (args) => await (await import("./completions/mod.ts")).completionsCommand(args),
};

async function run([name, ...args]: string[]): Promise<ExitCode> {
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) return await COMMANDS[name](args);
  if (name === "--help" || name === "-h" || name === "--version") {
    await print(Deno.stdout, name === "--version" ? `recado ${(await import("./version.ts")).VERSION}\n` : HELP);
    return ExitCode.Ok;
  }
  throw new UsageError(
    name === undefined
      ? "Missing command, serve, send or completions"
      : `Unknown command ${name}${nearest(name, Object.keys(COMMANDS))}`,
  );
}

/** What the command line, the environment or the place for our output got wrong is said in one line; anything else is a fault of this program. */
function failed(error: unknown): ExitCode {
  if (error instanceof Deno.errors.BrokenPipe) return ExitCode.Ok; // whoever reads our output has had enough
  const code = exitCodeOf(error), { message } = error as Error;
  if (code === undefined) say("recado: Internal error:", error);
  else say(Deno.args.includes("--json") ? JSON.stringify({ error: message }) : `recado: ${message}`);
  return code ?? ExitCode.Internal;
}

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof UsageError) return ExitCode.Usage;
  if (error instanceof ConfigurationError) return ExitCode.Configuration;
  if (error instanceof OutputError) return ExitCode.Internal;
}

if (import.meta.main) Deno.exit(await run(Deno.args).catch(failed));
