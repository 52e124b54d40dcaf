/** Whether a program is installed: tests that need it are skipped by name where it is not. */
export function isInstalled(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/**
 * Puts a command `recado`, this program from its sources, into a folder.
 *
 * @param folder made by the caller; goes to the front of PATH
 * @returns the environment for a shell that is to find it
 */
export async function installRecado(folder: string): Promise<Record<string, string>> {
  const script = `#!/bin/sh\nexec '${Deno.execPath()}' run --no-prompt -A '${MAIN}' "$@"\n`;
  await Deno.writeTextFile(`${folder}/recado`, script, { mode: 0o755 });
  return { PATH: `${folder}:${Deno.env.get("PATH")}`, NO_COLOR: "1" };
}
