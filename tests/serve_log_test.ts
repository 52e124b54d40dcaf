import { assert, assertEquals, assertMatch } from "@std/assert";
import { statuses } from "./support/answers.ts";
import { command, ServeChild } from "./support/child.ts";
import { hasPython } from "./support/python.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";

const SECRET = "segredoSEGREDO";

Deno.test("log: a server says why it refuses, and no message's text", async () => {
  await using server = await ServeChild.start(["--store", "memory", "--log", "json", "--log-level", "debug"]);
  const add = `{"op":"adicionar","id":1,"data":"${SECRET}"}`;
  for (
    const [stream, expected] of [
      [add, [201]],
      [add, [401]],
      [add.replace('"data"', '"date"'), [401]],
      [`{"op":"adicionar","id":2,"data":["${SECRET}"]}{"op":"adicionar","id":2,"data":"${SECRET}\\ud800"}`, [401, 401]],
      ['{"op":"deletar","id":9}', [402]],
      ['{"op":"deletar","id":"nine"}', [403]],
      // a text where it does not belong
      [`{"op":"adicionar","id":"${SECRET}","data":"a"}{"op":"adicionar","id":{"data":"${SECRET}"},"data":"a"}`, [
        401,
        401,
      ]],
      [`{"op":"deletar","id":["${SECRET} ${"a".repeat(100)}"]}`, [403]],
      [`{"op":"${SECRET}","data":"a"}`, [504]],
      ["[]", [504]],
      [`{"op":"adicionar","id":1,"data":"${SECRET}",}`, [505]],
      [`{"op":"adicionar","id":1,"data":"${SECRET}\n"}`, [505]],
      [`{"op":"adicionar","id":1,"data":"${SECRET}`, [505]],
      [`{'op':'adicionar','id':1,'data':'${SECRET}'}`, [505]],
      [SECRET, [505]],
    ] as const
  ) assertEquals(statuses(await exchange(server.port, stream)), [...expected]);
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  const events = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  const told = events.filter(({ status }) => status !== undefined).map(({ status, level }) => `${level} ${status}`);
  assertEquals(told, [
    ...Array(4).fill("info 401"),
    "info 402",
    "info 403",
    "info 401",
    "info 401",
    "info 403",
    "info 504",
    "info 504",
    ...Array(5).fill("warn 505"),
  ]);
  for (const { status, client, sample } of events.filter(({ status }) => status === 505)) {
    assertMatch(client, /^127\.0\.0\.1:\d+$/, `${status}`);
    assert(sample.length > 0);
  }
  assert(!stderr.toLowerCase().includes(SECRET.toLowerCase()), stderr);
  assertEquals(events[0].message, server.startLine);
  assert(events.some(({ message }) => message === "Stopped"));
});

Deno.test("log: at the default level a client that comes and goes is no line", async () => {
  await using server = await ServeChild.start(["--store", "memory"]);
  await exchange(server.port, '{"op":"mostrar"}');
  server.kill("SIGTERM");
  assertEquals((await server.ended()).stderr, `${server.startLine}\nStopping, 0 clients\nStopped\n`);
});

Deno.test("log: of thousands of bad clients few lines are left", async () => {
  await using server = await ServeChild.start(["--store", "memory"]);
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 50 }, () => exchange(server.port, "x")));
  }
  await exchange(server.port, '{"op":"deletar","id":9}'.repeat(10_000));
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  const lines = stderr.split("\n");
  assert(lines.length < 100, stderr);
  const told = (status: number) =>
    lines.filter((line) => line.startsWith(`Refused with ${status}`))
      .reduce((sum, line) => sum + Number(line.match(/: (\d+) more like/)?.[1] ?? 1), 0);
  assertEquals([told(505), told(402)], [1000, 10_000]);
});

/** How stderr is left to the server, as a program of Python has it: a pipe of which `read` is the end to read from. */
const READERS = {
  "nobody reads":
    "try:\n  os.set_blocking(write, False)\n  while True: os.write(write, b'.' * 4096)\nexcept BlockingIOError: os.set_blocking(write, True)",
  "has no reader any more": "os.close(read)",
};

for (const [name, program] of Object.entries(READERS)) {
  Deno.test({
    name: `log: a server whose stderr ${name} goes on, and ends`,
    ignore: !hasPython || Deno.build.os === "windows",
    async fn() {
      const launcher = `import os, sys\nread, write = os.pipe()\nos.set_inheritable(read, True)\n${program}\n` +
        "os.dup2(write, 2)\nos.execv(sys.argv[1], sys.argv[1:])";
      const { port } = await startServer().then(async (server) => {
        await server[Symbol.asyncDispose]();
        return server;
      });
      const before = `exec python3 -c '${launcher.replaceAll("'", `'"'"'`)}' "$@"`;
      const child = command(["serve", "--port", `${port}`, "--store", "memory"], { before }).spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const ended = child.output();
      let client: RawClient | undefined;
      while (client === undefined) client = await RawClient.connect(port).catch(() => undefined);
      for (let n = 0; n < 100; n++) {
        assertEquals(statuses(await client.ask('{"op":"deletar","id":1}')), [402]);
        assertEquals(statuses(await exchange(port, "x")), [505]);
      }
      client[Symbol.dispose]();
      child.kill("SIGTERM");
      assertEquals((await ended).code, 0);
      clearTimeout(timer);
    },
  });
}
