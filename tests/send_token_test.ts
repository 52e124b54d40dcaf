import { assert, assertEquals, assertMatch } from "@std/assert";
import { closing, lines } from "./support/answers.ts";
import { run, ServeChild } from "./support/child.ts";
import { FakeServer } from "./support/fake_server.ts";
import { send } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const WHERE = "--token-file FILE or RECADO_TOKEN_FILE says where the token is";
const OK = '{"status": 200, "message": "OK", "data": ""}\n';

/** A folder with the files of a right and a wrong token. */
async function tokens(): Promise<TempFolder> {
  const folder = new TempFolder();
  await Deno.writeTextFile(folder.file("right"), "segredo\n", { mode: 0o600 });
  await Deno.writeTextFile(folder.file("wrong"), "errado", { mode: 0o600 });
  return folder;
}

Deno.test("send shows the token in every mode, by option and by variable", async () => {
  await using folder = await tokens();
  const right = folder.file("right");
  await using server = await startServer({ tokenFile: right });
  const { port } = server;
  assertEquals(await send(["--token-file", right, "adicionar", "1", "a"], { port }), {
    code: 0,
    stdout: lines(201),
    stderr: "",
  });
  const options = { port, env: { RECADO_TOKEN_FILE: right } };
  assertEquals((await send(["mostrar", "-o", "text0"], options)).stdout, "a\0");
  assertEquals((await send(["--health"], options)).code, 0);
  assertEquals((await send(["-q", "--lines"], { ...options, stdin: "b\n".repeat(10_000) })).code, 0);
  const bulk = await send(["-"], { ...options, stdin: '{"op":"deletar","id":1}{"op":"deletar","id":1}' });
  assertEquals([bulk.code, bulk.stdout], [1, lines(202, 402)]);
});

Deno.test("send exits 77 when its token is refused or missing, in every mode, and says where it comes from", async () => {
  await using folder = await tokens();
  await using server = await startServer({ tokenFile: folder.file("right") });
  const { port } = server;
  for (
    const [args, reason] of [
      [[], "Connection must begin with autenticar"],
      [["--token-file", folder.file("wrong")], "Token is wrong"],
    ] as [string[], string][]
  ) {
    const stderr = `recado: ${reason}; ${WHERE}\n`;
    assertEquals(await send([...args, "mostrar"], { port }), { code: 77, stdout: closing(reason), stderr });
    assertEquals(await send([...args, "mostrar", "-o", "ids"], { port }), { code: 77, stdout: "", stderr });
    assertEquals(await send([...args, "-q", "mostrar"], { port }), { code: 77, stdout: "", stderr: "" });
    // a health check without a token shows an empty one
    assertEquals(await send([...args, "--health"], { port }), {
      code: 77,
      stdout: "",
      stderr: `recado: Token is wrong; ${WHERE}\n`,
    });
    const bulk = await send([...args, "--lines"], { port, stdin: "a\nb\n" });
    assertEquals([bulk.code, bulk.stdout.startsWith(closing(reason)), bulk.stderr], [77, true, stderr]);
  }
});

Deno.test("send shows the token and asks in a single write", async () => {
  await using folder = await tokens();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const read = (async () => {
    using conn = await listener.accept();
    const buffer = new Uint8Array(4096);
    const length = await conn.read(buffer);
    await conn.write(new TextEncoder().encode(OK + OK));
    return new TextDecoder().decode(buffer.subarray(0, length ?? 0));
  })();
  const { code } = await send(["--token-file", folder.file("right"), "mostrar"], { port: listener.addr.port });
  assertEquals(code, 0);
  assertEquals(
    await read,
    '{"op": "autenticar", "id": "", "data": "segredo"}{"op": "mostrar", "id": "", "data": ""}',
  );
});

const OTHERS: [name: string, answers: string, code: number][] = [
  ["takes it and then ends", OK, 69],
  ["is full", closing("Server has its 2 clients already"), 69],
  ["knows no autenticar", '{"status": 504, "message": "Mensagem não foi enviada", "data": "Unknown"}\n', 77],
  ["answers what is no answer", "hello\n", 76],
];

for (const [name, answers, code] of OTHERS) {
  Deno.test(`send with a token exits ${code} at a server that ${name}`, async () => {
    await using folder = await tokens();
    await using server = new FakeServer(async (client) => {
      await client.request();
      await client.request();
      await client.write(answers);
    });
    const ended = await send(["--token-file", folder.file("right"), "mostrar"], { port: server.port });
    assertEquals(ended.code, code, JSON.stringify(ended));
  });
}

Deno.test({
  name: "a token file that cannot be used is one line: send exits 78, serve 71",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tokens();
    await Deno.writeTextFile(folder.file("open"), "segredo", { mode: 0o644 });
    await Deno.writeTextFile(folder.file("empty"), "", { mode: 0o600 });
    for (
      const [name, why] of [
        ["open", /others than its owner may use it, chmod 600 it \(its mode is 644\)$/],
        ["empty", /it is empty$/],
        ["none", /No such file or directory \(os error 2\)$/],
      ] as [string, RegExp][]
    ) {
      const file = folder.file(name), env = { RECADO_TOKEN_FILE: file };
      const sent = await send(["mostrar"], { env });
      const served = await run(["serve", "--port", "0", "--store", "memory", "--token-file", file]);
      const byVariable = await run(["serve", "--port", "0", "--store", "memory"], { env });
      assertEquals([sent.code, served.code, byVariable.code], [78, 71, 71]);
      for (const { stdout, stderr } of [sent, served, byVariable]) {
        assertEquals([stdout, stderr.split("\n").length], ["", 2]);
        assertMatch(stderr.trimEnd(), why);
        assert(stderr.includes(file) && !stderr.includes("segredo"), stderr);
      }
    }
  },
});

Deno.test("neither command takes a token on its command line, nor prints one that stands there", async () => {
  for (const command of ["serve", "send"]) {
    for (const args of [["--token", "segredo"], ["--token=segredo"]]) {
      const { code, stdout, stderr } = await run([command, ...args]);
      assertEquals([code, stdout], [64, ""]);
      assertMatch(stderr, /^recado: Unknown option "--token", did you mean --\w+.*\n$/);
      assert(!stderr.includes("segredo"), stderr);
    }
  }
});

Deno.test({
  name: "the server reads the token anew at SIGHUP, and says so; the token is in no line of its log",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tokens();
    const right = folder.file("right");
    await using server = await ServeChild.start(["--store", "memory", "--explain", "--token-file", right]);
    const { port } = server;
    assertEquals((await send(["--token-file", right, "mostrar"], { port })).code, 0);
    await Deno.writeTextFile(right, "novo");
    server.kill("SIGHUP");
    await server.logged(/^Read the token again$/m);
    assertEquals((await send(["--token-file", right, "mostrar"], { port })).code, 0);
    assertEquals((await send(["--token-file", folder.file("wrong"), "mostrar"], { port })).code, 77);
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0);
    assert(!/segredo|novo|errado/.test(stderr), stderr);
  },
});

Deno.test({
  name: "SIGHUP ends no server, also one that has nothing to read anew",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"]);
    server.kill("SIGHUP");
    assertEquals((await send(["mostrar"], { port: server.port })).code, 0);
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals([code, stderr], [0, `${server.startLine}\nStopping, 0 clients\nStopped\n`]);
  },
});
