import { assert, assertEquals } from "@std/assert";
import { run } from "./support/child.ts";
import { installRecado, isInstalled } from "./support/programs.ts";
import { hasPython } from "./support/python.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { typeInto } from "./support/type_into.ts";

/** What is to be completed, and all that it may become. */
const CASES: readonly [line: string, words: readonly string[]][] = [
  ["recado s", ["send", "serve"]],
  ["recado send mos", ["mostrar"]],
  ["recado send --ret", ["--retry", "--retry-delay"]],
  ["recado send --output js", ["json", "jsonl"]],
  ["recado send --output=js", ["json", "jsonl"]],
  ["recado serve --max-r", ["--max-request-bytes"]],
  ["recado completions z", ["zsh"]],
];

async function script(shell: string, folder: TempFolder): Promise<string> {
  const { code, stdout, stderr } = await run(["completions", shell]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const path = folder.file(`_recado.${shell}`);
  await Deno.writeTextFile(path, stdout);
  return path;
}

async function lines(program: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, { code: 0, stderr: "" });
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

Deno.test({
  name: "bash completes the command line",
  ignore: !isInstalled("bash"),
  async fn() {
    await using folder = new TempFolder();
    const path = await script("bash", folder);
    for (const [line, words] of CASES) {
      // readline breaks words at "=", too
      const complete =
        `source ${path}; COMP_WORDS=(${line.replace("=", " = ")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _recado; ` +
        'printf "%s\\n" "${COMPREPLY[@]}"; complete -p recado >/dev/null';
      assertEquals((await lines("bash", "-c", complete)).sort(), words, line);
    }
  },
});

Deno.test({
  name: "bash completes the names of files, also with spaces",
  ignore: !isInstalled("bash"),
  async fn() {
    await using folder = new TempFolder();
    const path = await script("bash", folder), names = ["my file.txt", "my folder"].map((name) => folder.file(name));
    await Deno.writeTextFile(names[0], "");
    await Deno.mkdir(names[1]);
    const complete = `source ${path}; COMP_WORDS=(recado send --file ${folder.file("my")}); COMP_CWORD=3; _recado; ` +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    assertEquals((await lines("bash", "-c", complete)).sort(), names);
  },
});

Deno.test({
  name: "fish completes the command line",
  ignore: !isInstalled("fish"),
  async fn() {
    await using folder = new TempFolder();
    const path = await script("fish", folder);
    for (const [line, words] of CASES) {
      const completed = await lines("fish", "--no-config", "-c", `source ${path}; complete -C "${line}"`);
      assertEquals(completed.map((word) => word.split("\t")[0].replace("--output=", "")).sort(), words, line);
    }
  },
});

Deno.test({
  name: "zsh completes the command line",
  ignore: !isInstalled("zsh") || !hasPython,
  async fn() {
    await using folder = new TempFolder();
    const path = await script("zsh", folder);
    const env = await installRecado(folder.path);
    const steps: [string, string][] = [
      [
        "?2004h",
        `autoload -Uz compinit && compinit -u -D && source ${path} && setopt no_auto_menu && PS1='rea''dy> '\r`,
      ],
    ];
    for (const [line, words] of CASES) {
      // a word that is the only one is completed, several are listed at the second Tab
      const [only, ...others] = words, typed = line.split(/[ =]/).at(-1)!;
      if (others.length === 0) steps.push(["ready> ", `${line}\t`], [only.slice(typed.length), "\x15\r"]);
      else steps.push(["ready> ", `${line}\t\t`], ...words.map((word): [string, string] => [word, ""]), ["", "\x15\r"]);
    }
    await typeInto(["zsh", "-f", "-i"], [...steps, ["ready> ", "exit\r"]], { ...env });
  },
});

Deno.test({
  name: "zsh offers nothing where an id or a text stands",
  ignore: !isInstalled("zsh") || !hasPython,
  async fn() {
    await using folder = new TempFolder();
    const path = await script("zsh", folder);
    const steps: [string, string][] = [
      ["?2004h", `autoload -Uz compinit && compinit -u -D && source ${path} && PS1='rea''dy> '\r`],
      ["ready> ", "recado send deletar \t\tmore\x15print do''ne\r"],
      ["done", "exit\r"],
    ];
    const { screen } = await typeInto(["zsh", "-f", "-i"], steps, await installRecado(folder.path));
    assert(!screen.includes("possibilities"), screen);
  },
});

Deno.test("completions exits 64 for a shell that it does not know", async () => {
  assertEquals(await run(["completions", "zhs"]), {
    code: 64,
    stdout: "",
    stderr: 'recado: Unknown shell "zhs", did you mean zsh\n',
  });
});
