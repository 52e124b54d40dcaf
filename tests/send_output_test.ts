import { assertEquals } from "@std/assert";
import { connect } from "../client/mod.ts";
import { answering, FakeServer, unusedPort } from "./support/fake_server.ts";
import { hasPython } from "./support/python.ts";
import { send, SendChild, sendOnTerminal, shellScript } from "./support/send.ts";
import { startServer, type TestServer } from "./support/start_server.ts";

const TEXTS = [`it's "both"`, "nul\0end", "emoji 😀", "two\nlines", "esc \x1b[31m bell \x07", "rtl \u202eabc\u2069"];

/** A board with those messages, under the ids 1, 2, 3. */
async function boardOf(texts: readonly string[]): Promise<TestServer> {
  const server = await startServer();
  await using client = await connect({ port: server.port });
  await Promise.all(texts.map((text, at) => client.add(text, at + 1)));
  return server;
}

const LISTED = TEXTS.map((mensagem, at) => ({ id: at + 1, mensagem }));

/** As JSON in which nothing can steer a terminal. */
function shown(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u202e", "\\u202e").replaceAll("\u2069", "\\u2069");
}

const FORMS: [form: string, stdout: string][] = [
  ["json", `${shown({ status: 200, message: "OK", data: LISTED })}\n`],
  ["jsonl", LISTED.map((message) => `${shown(message)}\n`).join("")],
  ["ids", "1\n2\n3\n4\n5\n6\n"],
  ["text0", TEXTS.map((text) => `${text}\0`).join("")],
  [
    "text",
    `id  mensagem
 1  it's "both"
 2  nul\\u0000end
 3  emoji 😀
 4  two
    lines
 5  esc \\u001b[31m bell \\u0007
 6  rtl \\u202eabc\\u2069
`,
  ],
];

for (const [form, stdout] of FORMS) {
  Deno.test(`send --output ${form} prints a listing with texts of every kind`, async () => {
    await using server = await boardOf(TEXTS);
    assertEquals(await send(["mostrar", "-o", form], { port: server.port }), { code: 0, stdout, stderr: "" });
  });
}

Deno.test("JSON on stdout has no character that could steer a terminal, and the same texts", async () => {
  const texts = ["8-bit \x9b2J", "del \x7f", "rtl \u202e", "line \u2028", "\u00e9 \ud83d\ude00"];
  await using server = await boardOf(texts);
  for (const form of ["json", "jsonl"]) {
    const { stdout } = await send(["mostrar", "-o", form], { port: server.port });
    assertEquals(stdout.match(/[^\n\x20-\x7e\u00e9\ud83d\ude00]/g), null);
    const messages = stdout.trimEnd().split("\n").flatMap((line) => JSON.parse(line).data ?? JSON.parse(line));
    assertEquals(messages.map(({ mensagem }) => mensagem), texts);
  }
});

Deno.test("send --json is the same as --output json", async () => {
  await using server = await boardOf(["a"]);
  const { stdout } = await send(["mostrar", "--json"], { port: server.port });
  assertEquals(stdout, '{"status":200,"message":"OK","data":[{"id":1,"mensagem":"a"}]}\n');
});

Deno.test("an empty board is a line or nothing, as the form has it", async () => {
  await using server = await startServer();
  const forms = { raw: '{"status": 200, "message": "OK", "data": ""}\n', jsonl: "", ids: "", text0: "" };
  for (const [form, stdout] of Object.entries(forms)) {
    assertEquals(await send(["mostrar", "-o", form], { port: server.port }), { code: 0, stdout, stderr: "" });
  }
});

Deno.test("into a pipe send prints the server's line byte for byte", async () => {
  const odd = '{"data":"\\u00e9\\/",\t"status" : 200,"more":[{}], "message":"OK"}';
  await using server = new FakeServer(answering(`\n ${odd}\n\n`));
  assertEquals(await send(["mostrar"], { port: server.port }), { code: 0, stdout: `${odd}\n`, stderr: "" });
});

const ADDED: [form: string, withoutId: string, withId: string][] = [
  ["raw", '{"status": 201, "message": "Mensagem criada", "data": "1"}\n', line(201, "Mensagem criada")],
  [
    "json",
    '{"status":201,"message":"Mensagem criada","data":"1"}\n',
    '{"status":201,"message":"Mensagem criada","data":""}\n',
  ],
  ["ids", "1\n", "7\n"],
  ["text", "Mensagem criada (id 1)\n", "Mensagem criada (id 7)\n"],
  ["text0", "", ""],
];

for (const [form, withoutId, withId] of ADDED) {
  Deno.test(`send --output ${form} prints what was added`, async () => {
    await using server = await startServer();
    for (const [args, stdout] of [[["add", "x"], withoutId], [["add", "7", "x"], withId]] as const) {
      assertEquals(await send([...args, "-o", form], { port: server.port }), { code: 0, stdout, stderr: "" });
    }
  });
}

Deno.test("with JSON output failures and refusals are JSON too, on the stream where they belong", async () => {
  await using server = await startServer();
  const refused = '{"status":402,"message":"ID não existe","data":""}\n';
  assertEquals(await send(["delete", "1", "--json"], { port: server.port }), { code: 1, stdout: refused, stderr: "" });
  const lines = await send(["delete", "1", "-o", "jsonl"], { port: server.port });
  assertEquals([lines.stdout, Object.keys(JSON.parse(lines.stderr))], ["", ["error", "hint"]]);

  const port = unusedPort();
  const { code, stdout, stderr } = await send(["list", "--json"], { port });
  const error = `Cannot connect to 127.0.0.1:${port}: Connection refused (os error 111)`;
  assertEquals(code, 69);
  assertEquals(JSON.parse(stdout), { status: 504, message: "Mensagem não foi enviada", data: error });
  assertEquals(JSON.parse(stderr).error, error);

  for (const args of [["-o", "json"], ["-qojsonl"], ["--output=json"], ["-o", "ids", "--json"]]) {
    const wrong = await send([...args, "bogus"], { port });
    assertEquals([wrong.code, JSON.parse(wrong.stderr)], [64, { error: 'Unknown operation "bogus"' }]);
  }
  for (const args of [["--json", "-oids", "bogus"], ["-f", "json", "bogus"], ["bogus", "--", "--json"]]) {
    const wrong = await send(args, { port });
    assertEquals([wrong.code, wrong.stderr], [64, 'recado: Unknown operation "bogus"\n']);
  }

  const bad = await send(["-", "--json"], { port, stdin: "hello" });
  assertEquals(JSON.parse(bad.stderr), {
    error: "Input from stdin is not JSON: unexpected 'h', line 1, byte 1",
  });
});

Deno.test("what a server says cannot steer the terminal", async () => {
  await using server = new FakeServer(answering('{"status": 401, "message": "\\u001b[2J\\n", "data": "\\u009b1A"}'));
  const { stdout, stderr } = await send(["mostrar", "-o", "text"], { port: server.port });
  assertEquals([stdout, stderr], ["", "recado: \\u001b[2J\\u000a (401): \\u009b1A\n"]);
  await using another = new FakeServer(answering('{"status": 201, "message": "\\u001b[2J", "data": "7\\n8\\u009b1A"}'));
  for (const [form, printed] of [["text", "\\u001b[2J (id 7\\u000a8\\u009b1A)\n"], ["ids", "7\\u000a8\\u009b1A\n"]]) {
    assertEquals((await send(["add", "x", "-o", form], { port: another.port })).stdout, printed);
  }
});

Deno.test("only a request that named an id is told that it may be taken", async () => {
  const refusal = "Não foi possível adicionar a mensagem";
  const taken = "is the id taken? 'recado send mostrar' lists them, and without an id the server picks one";
  for (const [args, todo] of [[["add", "7", "x"], taken], [["add", "x"], "the server's log says why"]] as const) {
    await using server = new FakeServer(answering(line(401, refusal)));
    const { stderr } = await send([...args, "-o", "text"], { port: server.port });
    assertEquals(stderr, `recado: ${refusal} (401); ${todo}\n`);
  }
});

Deno.test("the reason of a server that lets its clients go is printed as it came, whether or not it was asked", async () => {
  const line = '{"status": 505, "message": "Conexão encerrada", "data": "Server has its 1 clients already"}\n';
  await using asked = new FakeServer(answering(line));
  await using unasked = new FakeServer((client) => client.write(line));
  for (const { port } of [asked, unasked]) {
    assertEquals(await send(["mostrar"], { port }), { code: 69, stdout: line, stderr: "" });
  }
});

Deno.test("a reader that has had enough of a long listing is no error", async () => {
  await using server = await boardOf(Array.from({ length: 1000 }, () => "x".repeat(1000)));
  await using child = new SendChild(["mostrar", "-o", "jsonl"], { port: server.port });
  assertEquals(await child.stdout.next(), JSON.stringify({ id: 1, mensagem: "x".repeat(1000) }));
  await child.stdout.close();
  assertEquals([await child.ended(), await child.stderr.rest()], [0, ""]);
});

Deno.test("what is to be added is added, also when nobody reads the answers any more", async () => {
  await using server = await startServer();
  await using child = new SendChild(["--lines", "-o", "ids"], { port: server.port });
  await child.write("first\n");
  assertEquals(await child.stdout.next(), "1");
  await child.stdout.close();
  for (let block = 0; block < 100; block++) await child.write("another\n".repeat(200));
  await child.endInput();
  assertEquals([await child.ended(), await child.stderr.rest()], [0, ""]);
  assertEquals((await send(["list", "-o", "ids"], { port: server.port })).stdout.split("\n").length - 1, 20_001);
});

Deno.test("a reader that is gone changes no exit code of a single request", async () => {
  await using server = await startServer();
  const script = (args: string) => `exec 3>&1; { recado_send ${args}; echo $? >&3; } | true`;
  const options = { port: server.port };
  const [refused, lost, help] = await Promise.all([
    shellScript(script("deletar 1"), options),
    shellScript(script("mostrar --port 1 2>&1"), options),
    shellScript(script("--help"), options),
  ]);
  assertEquals([refused, lost, help].map(({ stdout, stderr }) => stdout + stderr), ["1\n", "69\n", "0\n"]);
});

const RED = "\x1b[31mrecado:\x1b[0m ";
const ON_TERMINAL: [name: string, env: Record<string, string>, ("stdout" | "stderr")[], color: boolean[]][] = [
  ["both streams of a terminal are coloured", {}, ["stdout", "stderr"], [true, true]],
  ["a stderr that is no terminal is not coloured", {}, ["stdout"], [true, false]],
  ["a stdout that is no terminal is not coloured", {}, ["stderr"], [false, true]],
  ["NO_COLOR means no colour", { NO_COLOR: "1" }, ["stdout", "stderr"], [false, false]],
  ["TERM=dumb means no colour", { TERM: "dumb" }, ["stdout", "stderr"], [false, false]],
];

for (const [name, env, terminal, [stdoutColor, stderrColor]] of ON_TERMINAL) {
  Deno.test({
    name,
    ignore: !hasPython,
    async fn() {
      await using server = await boardOf(["a"]);
      const options = { port: server.port, env, terminal };
      const [listed, refused] = await Promise.all([
        sendOnTerminal(["mostrar", "-o", "text"], options),
        sendOnTerminal(["deletar", "9", "-o", "text"], options),
      ]);
      const rows = stdoutColor ? "\x1b[2mid  mensagem\x1b[0m\n\x1b[1m 1\x1b[0m  a\n" : "id  mensagem\n 1  a\n";
      assertEquals(listed, { code: 0, stdout: rows, stderr: "" });
      assertEquals([refused.code, refused.stderr.startsWith(stderrColor ? RED : "recado: ")], [1, true]);
    },
  });
}

Deno.test({
  name: "on a terminal send prints a table as wide as the window",
  ignore: !hasPython,
  async fn() {
    await using server = await boardOf([`${"漢".repeat(13)}x`]);
    const { stdout } = await sendOnTerminal(["mostrar"], {
      port: server.port,
      columns: 30,
      terminal: ["stdout"],
      env: { NO_COLOR: "1" },
    });
    assertEquals(stdout, `id  mensagem\n 1  ${"漢".repeat(13)}\n    x\n`);
  },
});

function line(status: number, message: string): string {
  return `{"status": ${status}, "message": "${message}", "data": ""}\n`;
}
