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
 * @param permissions what it may do; everything unless they are given
 * @returns the environment for a shell that is to find it
 */
export async function installRecado(
  folder: string,
  permissions: readonly string[] = ["--allow-all"],
): Promise<Record<string, string>> {
  const given = permissions.map((permission) => `'${permission}'`).join(" ");
  const script = `#!/bin/sh\nexec '${Deno.execPath()}' run --no-prompt ${given} '${MAIN}' "$@"\n`;
  await Deno.writeTextFile(`${folder}/recado`, script, { mode: 0o755 });
  return { PATH: `${folder}:${Deno.env.get("PATH")}`, NO_COLOR: "1" };
}
