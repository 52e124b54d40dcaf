import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { ServeChild } from "./support/child.ts";
import { connect } from "../client/mod.ts";
import { answering, FakeServer, silent, unusedPort } from "./support/fake_server.ts";
import { send, SendChild } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";

const OK = '{"status": 200, "message": "OK", "data": ""}';

Deno.test("the command line goes before the environment, the environment before the default", async () => {
  await using server = await startServer({ demo: true });
  const wrong = unusedPort(), port = server.port;
  const ids = { code: 0, stdout: "1\n2\n", stderr: "" };
  const runs: [args: string[], env: Record<string, string>][] = [
    [["--port", `${port}`, "-o", "ids"], { RECADO_PORT: `${wrong}`, RECADO_OUTPUT: "json" }],
    [["-o", "ids"], { RECADO_PORT: `${port}`, RECADO_JSON: "1", RECADO_HOST: "", RECADO_TIMEOUT: "" }],
  ];
  assertEquals(await Promise.all(runs.map(([args, env]) => send(["list", ...args], { env }))), runs.map(() => ids));
  const { stdout } = await send(["list", "--json"], { port, env: { RECADO_OUTPUT: "ids" } });
  assertEquals(JSON.parse(stdout).data.length, 2);
  assertEquals(await send(["--json", "list", "-o", "ids"], { port }), ids);
  assertEquals((await send(["-o", "ids", "--json", "list"], { port })).stdout, stdout);
  assertEquals((await send(["--json", "-o", "ids", "--json", "list"], { port })).stdout, stdout);
});

Deno.test({
  name: "an answer that came while send was stopped, as by Ctrl-Z, is not too late",
  ignore: Deno.build.os === "windows",
  async fn() {
    const asked = Promise.withResolvers<void>(), stopped = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    await using server = new FakeServer(async (client) => {
      await client.request();
      asked.resolve();
      await stopped.promise;
      await client.write(`${OK}\n`);
      answered.resolve();
      await client.gone();
    });
    await using child = new SendChild(["mostrar", "--timeout", "0.5"], { port: server.port });
    await asked.promise;
    child.kill("SIGSTOP");
    stopped.resolve();
    await answered.promise;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill("SIGCONT");
    assertEquals([await child.ended(), await child.stdout.rest()], [0, `${OK}\n`]);
  },
});

Deno.test("send --retry tries again until something listens, and says so", async () => {
  const port = unusedPort();
  await using child = new SendChild(["mostrar", "--retry", "1000", "--retry-delay", "0.05"], { port });
  const trying = /^recado: Cannot connect to 127\.0\.0\.1:\d+: .*, trying again in \d+\.\d s$/;
  assertMatch(await child.stderr.next() ?? "", trying);
  assertMatch(await child.stderr.next() ?? "", trying);
  await using server = new FakeServer(answering(OK), port);
  assertEquals([await child.ended(), await child.stdout.rest(), server.requests.length], [0, `${OK}\n`, 1]);
});

Deno.test("send --retry gives up after that many times", async () => {
  const { code, stderr } = await send(["list", "--retry", "2", "--retry-delay", "0"], { port: unusedPort() });
  const lines = stderr.trimEnd().split("\n");
  assertEquals([code, lines.length], [69, 3]);
  assertEquals(lines.map((line) => line.includes("trying again")), [true, true, false]);
});

Deno.test("send --retry -q prints nothing", async () => {
  const ended = await send(["list", "--retry", "1", "--retry-delay", "0", "-q"], { port: unusedPort() });
  assertEquals(ended, { code: 69, stdout: "", stderr: "" });
});

Deno.test("a request that may have arrived is not sent again", async () => {
  await using closing = new FakeServer(answering(""));
  await using silentServer = new FakeServer(silent);
  const retry = ["add", "x", "--retry", "5", "--retry-delay", "0", "--timeout", "0.2"];
  const codes = await Promise.all([closing, silentServer].map(async ({ port }) => (await send(retry, { port })).code));
  assertEquals(codes, [69, 75]);
  for (const server of [closing, silentServer]) assertEquals([server.connections, server.requests.length], [1, 1]);
});

Deno.test("send --health succeeds without a part of the board, however large", async () => {
  await using server = await startServer();
  await using client = await connect({ port: server.port });
  await client.add("x".repeat(1_000_000));
  let received = 0;
  await using between = new FakeServer(async (conn) => {
    await using behind = await connect({ port: server.port });
    for (let request = await conn.request(); request !== undefined; request = await conn.request()) {
      const { text } = await behind.request(request);
      received += text.length;
      await conn.write(`${text}\n`);
    }
  });
  assertEquals(await send(["--health"], { port: between.port }), { code: 0, stdout: "", stderr: "" });
  assertEquals(between.requests.length, 1);
  assertLess(received, 1000);
  assertEquals((await client.list()).length, 1);
});

Deno.test("send --health leaves no line in the log of a healthy server", async () => {
  await using server = await ServeChild.start(["--store", "memory"]);
  assertEquals((await send(["--health"], { port: server.port })).code, 0);
  server.kill("SIGTERM");
  assertEquals((await server.ended()).stderr, `${server.startLine}\nStopping, 0 clients\nStopped\n`);
});

Deno.test("send --health fails when the server does not serve, and says why on stderr alone", async () => {
  await using never = new FakeServer(silent);
  await using garbage = new FakeServer(answering("HTTP/1.1 400\r\n"));
  await using full = await startServer({ maxConnections: 1 });
  await using _only = await connect({ port: full.port });
  await _only.list();
  const runs: [port: number, code: number, stderr: RegExp][] = [
    [unusedPort(), 69, /^recado: Cannot connect to .*\n$/],
    [never.port, 75, /^recado: No answer came in 0.2 s; .*\n$/],
    [garbage.port, 76, /^recado: Server sent what is no answer: .*\n$/],
    [full.port, 69, /^recado: .*Server has its 1 clients already\n$/],
  ];
  await Promise.all(runs.map(async ([port, expected, message]) => {
    const { code, stdout, stderr } = await send(["--health", "--timeout", "0.2"], { port });
    assertEquals([code, stdout], [expected, ""]);
    assertMatch(stderr, message);
  }));
});
