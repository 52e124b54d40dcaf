import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "./support/child.ts";
import { installRecado } from "./support/programs.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run([...args, "--help"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

Deno.test("--help helps whatever the environment has", async () => {
  for (const command of ["serve", "send"]) {
    assertEquals((await run([command, "--help"], { env: { RECADO_PORT: "abc" } })).code, 0);
  }
});

/** The commands under `Examples:`. */
function examples(text: string): string[] {
  return text.match(/^Examples:\n((?: {2}.*\n)+)/m)![1].trimEnd().split("\n").map((line) => line.trim());
}

Deno.test("recado --help names the commands", async () => {
  const text = await help();
  for (const command of ["serve", "send", "completions"]) assertMatch(text, new RegExp(`^ {2}${command} +\\w`, "m"));
});

Deno.test("recado --version and that of each command print the version", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  for (const args of [["--version"], ["serve", "--version"], ["send", "--version"]]) {
    assertEquals(await run(args), { code: 0, stdout: `recado ${version}\n`, stderr: "" });
  }
});

Deno.test("every option in the README is in a --help, and the other way round", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  for (const command of ["serve", "send"]) {
    const section = readme.match(new RegExp(`^## \`recado ${command}\`\n([^]*?)^## `, "m"))![1];
    const table = section.split("\n").filter((line) => line.startsWith("| `-")).join("\n");
    const inReadme = new Set(table.match(/(?<=`)--[a-z-]+/g));
    const inHelp = new Set(
      (await help(command)).match(/^ {2}(?:-., | {4})(--[a-z-]+)/gm)!.map((line) => line.match(/--.*/)![0]),
    );
    for (const option of ["--help", "--version"]) inHelp.delete(option);
    assertEquals([...inReadme].sort(), [...inHelp].sort(), command);
  }
});

Deno.test("the examples of recado send --help run", async () => {
  await using folder = new TempFolder();
  await using server = await startServer();
  const env = { ...await installRecado(folder.path), RECADO_PORT: `${server.port}` };
  const commands = examples(await help("send"));
  assert(commands.length > 5);
  for (const command of commands) {
    const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", command], env, stdin: "null" })
      .output();
    assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, { code: 0, stderr: "" }, command);
    assert(stdout.length > 0, command);
  }
});

Deno.test("the examples of recado serve --help run", async () => {
  await using folder = new TempFolder();
  const env = { ...await installRecado(folder.path), RECADO_PORT: "0" };
  for (const command of examples(await help("serve"))) {
    const child = new Deno.Command("sh", { args: ["-c", `exec ${command}`], env, cwd: folder.path, stderr: "piped" })
      .spawn();
    let text = "";
    for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.endsWith("messages\n")) child.kill("SIGTERM");
    }
    assertStringIncludes(text, "Listening on 127.0.0.1:");
    assertEquals((await child.status).code, 0, command);
  }
});
