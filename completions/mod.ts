import { ExitCode, nearest, print, UsageError } from "../cli/mod.ts";
import { bash } from "./bash.ts";
import { COMMANDS } from "./commands.ts";
import { fish } from "./fish.ts";
import { zsh } from "./zsh.ts";

const SHELLS = { bash, zsh, fish };

const HELP = `Usage: recado completions bash|zsh|fish

Prints what makes the shell complete the command line of recado.

Examples:
  bash: recado completions bash > ~/.local/share/bash-completion/completions/recado
  zsh:  recado completions zsh > a folder of $fpath, as _recado
  fish: recado completions fish > ~/.config/fish/completions/recado.fish
`;

/**
 * `recado completions`: prints the completion script of a shell.
 *
 * @param args what follows `completions` on the command line
 * @returns the exit code
 * @throws {UsageError} when the shell is not one of the three
 */
export async function completionsCommand([shell, ...others]: readonly string[]): Promise<ExitCode> {
  if (shell === "--help" || shell === "-h") {
    await print(Deno.stdout, HELP);
    return ExitCode.Ok;
  }
  const shells = Object.keys(SHELLS);
  if (shell === undefined) throw new UsageError(`Missing shell, ${shells.join(", ")}`);
  if (others.length > 0) throw new UsageError(`Unexpected operand ${JSON.stringify(others[0])}`);
  if (!Object.hasOwn(SHELLS, shell)) {
    throw new UsageError(`Unknown shell ${JSON.stringify(shell)}${nearest(shell, shells)}`);
  }
  await print(Deno.stdout, SHELLS[shell as keyof typeof SHELLS](COMMANDS));
  return ExitCode.Ok;
}
