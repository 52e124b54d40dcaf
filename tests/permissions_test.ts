import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SERVE } from "../server/mod.ts";
import { loadSend } from "../client/mod.ts";
import { variableOf } from "../cli/mod.ts";
import { Authority, servesTls } from "./support/authority.ts";
import { hasPython } from "./support/python.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { typeInto } from "./support/type_into.ts";

const { SEND } = await loadSend();
const ROOT = new URL("..", import.meta.url);

/** The executables, by their names, and the permissions that they are compiled with. */
const EXECUTABLES: Record<string, string[]> = await permissions();

async function permissions(): Promise<Record<string, string[]>> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const commands = Object.entries<{ command?: string }>(tasks).filter(([name]) => name.startsWith("compile:"));
  return Object.fromEntries(commands.map(([, { command }]) => {
    const words = command!.replaceAll("'", "").split(" ");
    const name = words[words.indexOf("-o") + 1].replace("dist/", "");
    return [name, words.filter((word) => /^(-A$|-P|--(allow|deny|permission|no-prompt))/.test(word))];
  }));
}

Deno.test("permissions: the tasks quote what has a *: the shell of Deno 2.4's tasks would look for files", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  for (const { command = "" } of Object.values<{ command?: string }>(tasks)) {
    for (const word of command.match(/\S*\*\S*/g) ?? []) assert(/^'.*'$/.test(word), word);
  }
});

Deno.test("permissions: no executable may run programs, call libraries or ask for more", () => {
  assertEquals(Object.keys(EXECUTABLES).sort(), ["recado", "recado-client", "recado-server"]);
  for (const [name, flags] of Object.entries(EXECUTABLES)) {
    assertEquals(
      flags.map((flag) => flag.replace(/=.*/, "")).sort(),
      ["--allow-env", "--allow-net", "--allow-read", "--allow-write", "--no-prompt"],
      name,
    );
  }
});

Deno.test("permissions: each executable may read the variables of its options, and few others", () => {
  const options = { recado: [SERVE, SEND], "recado-server": [SERVE], "recado-client": [SEND] };
  for (const [name, commands] of Object.entries(options)) {
    const granted = EXECUTABLES[name].find((flag) => flag.startsWith("--allow-env="))!.split("=")[1].split(",");
    for (const option of commands.flatMap(({ options }) => Object.keys(options))) {
      const variable = variableOf(option);
      assert(
        granted.some((grant) => grant === variable || grant.endsWith("*") && variable.startsWith(grant.slice(0, -1))),
      );
    }
    const others = granted.filter((grant) => !grant.startsWith("RECADO_")).sort();
    assertEquals(others, name === "recado-server" ? [] : ["HOME", "TERM", "USERPROFILE", "XDG_STATE_HOME"]);
  }
});

Deno.test("permissions: docs/operating.md lists them as they are", async () => {
  const text = await Deno.readTextFile(new URL("docs/operating.md", ROOT));
  for (const [name, flags] of Object.entries(EXECUTABLES)) {
    const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\``));
    assert(row !== undefined, name);
    assertEquals(row.match(/--[a-z-]+(=[A-Z_*,]+)?/g)!.sort(), flags.toSorted(), name);
  }
});

/** The bundles that the executables are made of, run with what one of them may do. */
class Program implements AsyncDisposable {
  readonly folder = new TempFolder();

  static async create(): Promise<Program> {
    const program = new Program();
    for (const [bundle, entry] of [["recado.js", "main.ts"], ["recado-client.js", "client/main.ts"]]) {
      const args = ["bundle", "--quiet", "--minify", "-o", program.folder.file(bundle), entry];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
    }
    return program;
  }

  command(executable: string, args: string[]): string[] {
    // that of the client is `recado send` itself
    const [bundle, rest] = executable === "recado-client" ? ["recado-client.js", args.slice(1)] : ["recado.js", args];
    return [Deno.execPath(), "run", "--quiet", ...EXECUTABLES[executable], this.folder.file(bundle), ...rest];
  }

  spawn(executable: string, args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
    const [program, ...rest] = this.command(executable, args);
    return new Deno.Command(program, {
      args: rest,
      cwd: this.folder.path,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
  }

  async run(executable: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.spawn(executable, args, env).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], args.join(" "));
    return new TextDecoder().decode(stdout);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.folder[Symbol.asyncDispose]();
  }
}

for (const [server, client] of [["recado-server", "recado-client"], ["recado", "recado"]]) {
  Deno.test({
    name: `permissions: ${server} and ${client} have what token, TLS, Unix sockets, files and history need`,
    ignore: Deno.build.os === "windows",
    async fn() {
      await using program = await Program.create();
      await using authority = servesTls ? await Authority.create() : undefined;
      const files = await authority?.issue();
      const { folder } = program, token = folder.file("token"), unix = folder.file("s");
      await Deno.writeTextFile(token, "segredo", { mode: 0o600 });
      const child = program.spawn(server, [
        ..."serve --port 0 --store sqlite:board.db --unix s --token-file token".split(" "),
        ...files === undefined ? [] : ["--tls-cert", files.cert, "--tls-key", files.key],
      ]);
      const lines = child.stderr.pipeThrough(new TextDecoderStream()).values();
      const [, port] = (await lines.next()).value!.match(/:(\d+)/)!;
      const env = {
        RECADO_TOKEN_FILE: token,
        RECADO_PORT: port,
        ...authority !== undefined && { RECADO_TLS_CA: authority.own.cert },
      };
      assertStringIncludes(await program.run(client, ["send", "adicionar", "--file", token], env), '"status": 201');
      assertStringIncludes(await program.run(client, ["send", "--unix", unix, "mostrar"], env), "segredo");
      await program.run(client, ["send", "--health"], env);
      if (hasPython) {
        const shell = { ...env, XDG_STATE_HOME: folder.file("state") };
        const typed = await typeInto(program.command(client, ["send"]), [["recado> ", "mostrar\r"], [
          "segredo",
          "sair\r",
        ]], shell);
        assertEquals(typed.code, 0, typed.screen);
        assertEquals(await Deno.readTextFile(`${folder.file("state")}/recado/history`), "mostrar\nsair\n");
      }
      child.kill("SIGHUP");
      let log = "";
      while (!log.includes("Read the token again")) log += (await lines.next()).value;
      child.kill("SIGTERM");
      for await (const piece of lines) log += piece;
      assertEquals([(await child.status).code, log.includes("Read the certificate again")], [0, files !== undefined]);
      assert(!log.includes("Error") && !log.includes("access"), log);
      await child.stdout.cancel();
      assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).includes("s"), false);
    },
  });
}

Deno.test({
  name: "permissions: what lies where no program may go is told without the runtime's own words",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using program = await Program.create();
    const memory = ["serve", "--port", "0", "--store", "memory"];
    for (
      const [executable, args, line] of [
        ["recado-server", ["serve", "--store", "sqlite:/dev/board.db"], 'Cannot open the board "/dev/board.db"'],
        ["recado-server", [...memory, "--unix", "/dev/s"], "Cannot listen on unix:/dev/s"],
        [
          "recado-server",
          [...memory, "--tls-cert", "/dev/stdin", "--tls-key", "/dev/stdin"],
          'Cannot read the certificate "/dev/stdin"',
        ],
        ["recado-client", ["send", "--unix", "/dev/s", "mostrar"], "Cannot connect to unix:/dev/s"],
      ] as const
    ) {
      const { stderr } = await program.spawn(executable, [...args]).output();
      assertStringIncludes(new TextDecoder().decode(stderr), `${line}: this program has no permission to`);
    }
  },
});
