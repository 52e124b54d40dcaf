import { MissingPeer } from "./missing.ts";
import { run, runWell } from "./process.ts";
import { taskCommand } from "./servers.ts";
import { ROOT, type Workplace } from "./workplace.ts";

/**
 * Bundles and compiles a program as the tasks `bundle:client` and `compile:client` do. `DENO_COMPILER` is the Deno that compiles, where it is not this one; it
 * takes the runtime that it puts into the program from `DENORT_BIN`, if that is set, and otherwise downloads it.
 *
 * @param workplace where the program is put
 * @param entry the program's first file
 * @returns the path of the executable
 * @throws {MissingPeer} when there is no runtime to be had
 */
export async function compileBundle(workplace: Workplace, entry: string): Promise<string> {
  const folder = workplace.newFolder(), bundle = `${folder}/bundle.js`, program = `${folder}/program`;
  await runWell(replaced(taskCommand("bundle:client"), { "client/main.ts": entry, "dist/recado-client.js": bundle }), {
    cwd: ROOT,
  });
  const [, ...args] = replaced(taskCommand("compile:client"), {
    "dist/recado-client": program,
    "dist/recado-client.js": bundle,
  });
  const compiler = Deno.env.get("DENO_COMPILER");
  const { code, stderr } = await run([compiler ?? Deno.execPath(), ...args], {
    cwd: ROOT,
    // two versions of Deno that share a folder slow each other down
    env: compiler === undefined ? {} : { DENO_DIR: `${folder}/deno` },
  });
  if (code === 0) return program;
  if (Deno.env.get("DENORT_BIN") === undefined && /download|denort|sending request/i.test(stderr)) {
    throw new MissingPeer("`deno compile` cannot download its runtime");
  }
  throw new Error(`Cannot compile ${entry}: ${stderr.trim()}`);
}

function replaced(command: readonly string[], replacements: Record<string, string>): string[] {
  return command.map((word) => replacements[word] ?? word);
}
