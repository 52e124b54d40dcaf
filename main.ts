import { ExitCode, nearest, print, runCommand, UsageError } from "./cli/mod.ts";

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
      : `Unknown command ${JSON.stringify(name)}${nearest(name, Object.keys(COMMANDS))}`,
  );
}

if (import.meta.main) await runCommand(() => run(Deno.args));
