const SCRIPT = new URL("type_into.py", import.meta.url).pathname;

/** What a program in a pseudo-terminal left behind. */
export interface Typed {
  /** All that the terminal received. */
  screen: string;
  /** The program's exit code. */
  code: number;
}

/**
 * Runs a program in a pseudo-terminal and types into it. Needs `python3`.
 *
 * @param command the program and its arguments
 * @param steps when the first text has come, the second is typed; a text that does not come fails the test
 * @param env more environment variables
 */
export async function typeInto(
  command: readonly string[],
  steps: readonly [expected: string, keys: string][],
  env: Record<string, string>,
): Promise<Typed> {
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [SCRIPT, JSON.stringify(steps), ...command],
    env: { TERM: "xterm", ...env },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
  const [, screen, code] = new TextDecoder().decode(stdout).match(/^([^]*)\n(\d+)\n$/)!;
  return { screen, code: Number(code) };
}
