import { assertEquals } from "@std/assert";

/** The version of Unicode that `python3` knows, or `undefined` where there is no `python3`. */
export const pythonUnicode: string | undefined = (() => {
  try {
    const args = ["-c", "import unicodedata; print(unicodedata.unidata_version, end='')"];
    const { success, stdout } = new Deno.Command("python3", { args, stderr: "null" }).outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
})();

/** Whether there is a `python3`: tests that need it are skipped by name where there is none. */
export const hasPython: boolean = pythonUnicode !== undefined;

/**
 * Runs a program in one `python3`.
 *
 * @param program reads `input` and sets `output`, both values of JSON
 * @param input passed on its standard input
 * @returns its `output`
 */
export async function python(program: string, input: unknown): Promise<unknown> {
  const source = `import json, sys\ninput = json.load(sys.stdin)\n${program}\njson.dump(output, sys.stdout)`;
  const child = new Deno.Command("python3", {
    args: ["-c", source],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { PYTHONIOENCODING: "utf-8" },
  }).spawn();
  const written = ReadableStream.from([new TextEncoder().encode(JSON.stringify(input))]).pipeTo(child.stdin);
  const [{ stdout, stderr }] = await Promise.all([child.output(), written]);
  assertEquals(new TextDecoder().decode(stderr), "");
  return JSON.parse(new TextDecoder().decode(stdout));
}
