import { assert, assertEquals, assertLess } from "@std/assert";
import { closing, lines, statuses } from "./support/answers.ts";
import { Authority, servesTls } from "./support/authority.ts";
import { ServeChild } from "./support/child.ts";
import { isLong, sized } from "./support/long.ts";
import { descriptors, hasProc, residentBytes, ticks } from "./support/process.ts";
import { hasPython, python } from "./support/python.ts";
import { connect, exchange, RawClient } from "./support/raw_client.ts";
import { sleep, until, within } from "./support/wait.ts";

const LIST = '{"op":"mostrar"}', MEGABYTE = 1_048_576;

/** Puts ten messages of a megabyte on a board. */
async function fill(port: number): Promise<void> {
  const text = "a".repeat(1_000_000);
  const adds = Array.from({ length: 10 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${text}"}`);
  assertEquals(await exchange(port, adds.join("")), lines(201).repeat(10));
}

Deno.test("hostile: 1,000 clients that send a byte a second are let go at the limit, and a good one is served meanwhile", async () => {
  await using server = await ServeChild.start(["--store", "memory", "--request-timeout", "3"]);
  const slow = await connect(server.port, 1000);
  let gone = 0;
  const dripping = slow.map(async (client, at) => {
    const answers = client.rest();
    answers.finally(() => gone++);
    await sleep(at); // spread over the second
    for (const byte of '{"op":"mostrar') {
      await client.send(byte).catch(() => {}); // it may be closed already
      await sleep(1000);
      if (gone === slow.length) break;
    }
    assertEquals(await answers, closing("Request was not finished in 3 s"));
  });
  using good = await RawClient.connect(server.port);
  let answered = 0;
  while (gone < slow.length) {
    assertEquals(await good.ask(LIST), lines(200));
    answered++;
    await sleep(1);
  }
  await Promise.all(dripping);
  assert(answered > 50);
  for (const client of slow) client[Symbol.dispose]();
});

Deno.test(
  "hostile: clients that read no listing while the board changes are let go, the first of them first, before they take much memory",
  {
    ignore: !hasProc,
  },
  async () => {
    // so that they are not let go for another reason
    await using server = await ServeChild.start(["--store", "memory", "--write-timeout", "0"]);
    const { port } = server, text = "a".repeat(50_000), count = 200;
    const add = (id: number) => `{"op":"adicionar","id":${id},"data":"${text}"}`;
    assertEquals(
      await exchange(port, Array.from({ length: count }, (_, id) => add(id)).join("")),
      lines(201).repeat(count),
    );
    const whole = (await exchange(port, LIST)).length, before = await residentBytes(server.pid);
    const clients = await connect(port, 40);
    for (const [round, client] of clients.entries()) {
      // one of each twenty, so that no part of the listing stays as it was
      const ids = Array.from({ length: 10 }, (_, at) => round * 10 + at);
      const changes = ids.map((id) => `{"op":"deletar","id":${20 * (id % 10) + Math.floor(id / 10) % 20}}`);
      await exchange(port, changes.join("") + ids.map((id) => add(1000 + id)).join(""));
      await client.send(LIST);
      await client.arrived();
    }
    assertLess(await residentBytes(server.pid) - before, 300 * MEGABYTE);
    const read = await Promise.all(clients.map((client) => client.line().then(({ length }) => length, () => 0)));
    const first = read.findIndex((length) => length >= whole);
    assert(first > 5 && first < 35, `${read}`);
    for (const [at, length] of read.entries()) assertEquals(length >= whole, at >= first);
    for (const client of clients) client[Symbol.dispose]();
  },
);

for (const tls of [false, true]) {
  Deno.test({
    name: `hostile: 50 clients ${
      tls ? "of TLS " : ""
    }ask for a listing of 10 MB without end and read nothing: little memory, let go at the limit, others served`,
    ignore: !hasProc || tls && !servesTls,
    async fn() {
      await using authority = tls ? await Authority.create() : undefined;
      const files = await authority?.issue();
      const secure = files === undefined ? [] : ["--tls-cert", files.cert, "--tls-key", files.key];
      await using server = await ServeChild.start(["--store", "memory", "--write-timeout", "1", ...secure]);
      const { port } = server;
      const connect = async () =>
        authority === undefined
          ? await RawClient.connect(port)
          : new RawClient(await Deno.connectTls({ hostname: "localhost", port, caCerts: [authority.pem] }));
      using other = await connect();
      const text = "a".repeat(1_000_000);
      for (let id = 0; id < 10; id++) {
        assertEquals(await other.ask(`{"op":"adicionar","id":${id},"data":"${text}"}`), lines(201));
      }
      const greedy = await Promise.all(Array.from({ length: 50 }, connect));
      // what a listing takes for all, and what encryption leaves to the next collection, is not the doing of clients that do not read
      let before = 0, most = 0, closed = 0;
      for (let from = 0; from < greedy.length; from += 5) {
        const answers = await Promise.all(greedy.slice(from, from + 5).map((client) => client.ask(LIST)));
        assertEquals(answers.flatMap(statuses), Array(5).fill(200));
        before = Math.max(before, residentBytes(server.pid));
      }
      const asking = greedy.map(async (client) => {
        try {
          for (;;) await client.send(LIST.repeat(1000));
        } catch {
          closed++; // as it must be
        }
      });
      for (let id = 100; closed < greedy.length; id++) {
        assertEquals(await other.ask(`{"op":"adicionar","id":${id},"data":"a"}`), lines(201));
        most = Math.max(most, residentBytes(server.pid));
        await sleep(10);
        assert(id < 2000, "they are let go");
      }
      await Promise.all(asking);
      assertLess(most - before, 64 * MEGABYTE);
      for (const client of greedy) client[Symbol.dispose]();
    },
  });
}

/** Connects, sends what it is given, and resets, that often, from a process of its own; waits for some of an answer first if it is told to. */
const RESETS = `import socket, struct
linger = struct.pack("ii", 1, 0)
for at in range(input["count"]):
  client = socket.create_connection(("127.0.0.1", input["port"]))
  client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
  if input["data"]: client.sendall(input["data"].encode())
  if input["wait"]: client.recv(1000)
  client.close()
output = "done"`;

for (
  const [name, count, data, wait] of [
    ["20,000 connect and reset", 20_000, "", false],
    ["10,000 reset in the middle of an answer", 10_000, LIST, true],
    ["10,000 reset in the middle of a request", 10_000, '{"op":"adici', false],
    ["10,000 reset with an answer on its way", 10_000, LIST.repeat(20), false],
  ] as const
) {
  Deno.test({
    name: `hostile: ${name}: nothing uncaught, the same process, descriptors as before, the next one is served`,
    ignore: !hasPython || !hasProc,
    async fn() {
      await using server = await ServeChild.start(["--store", "memory"]);
      const text = "a".repeat(200_000);
      for (let id = 0; id < 5; id++) {
        assertEquals(await exchange(server.port, `{"op":"adicionar","id":${id},"data":"${text}"}`), lines(201));
      }
      await exchange(server.port, LIST);
      const before = descriptors(server.pid);
      assertEquals(await python(RESETS, { port: server.port, count, data, wait }), "done");
      using client = await RawClient.connect(server.port);
      assertEquals(await client.ask('{"op":"deletar","id":9}'), lines(402));
      client[Symbol.dispose]();
      await until(10_000, "descriptors back to the start", () => descriptors(server.pid) <= before);
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0);
      assert(!/Error|Uncaught|Warning/.test(stderr), stderr);
    },
  });
}

Deno.test({
  name: "hostile: 100 clients that do not read: SIGTERM ends with 0 in time, and the port can be had at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await ServeChild.start(["--store", "memory", "--write-timeout", "0"]);
    await fill(server.port);
    const stuck = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(server.port)));
    await Promise.all(stuck.map(async (client) => {
      await client.send(LIST.repeat(3));
      await client.arrived();
    }));
    server.kill("SIGTERM");
    const { code } = await within(10_000, "the end", server.ended());
    assertEquals(code, 0);
    await using again = await ServeChild.start(["--store", "memory", "--port", `${server.port}`]);
    assertEquals(await exchange(again.port, LIST), lines(200));
    for (const client of stuck) client[Symbol.dispose]();
  },
});

/** Sends a request of that many bytes, a byte a write, and returns the processor time that the server took for it. */
async function drip(server: ServeChild, size: number): Promise<number> {
  const before = ticks(server.pid);
  const status = await python(
    `import socket, time
client = socket.create_connection(("127.0.0.1", input["port"]))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
request = b'{"op":"mostrar","data":"' + b"a" * (input["size"] - 26) + b'"}'
assert len(request) == input["size"]
for byte in request: client.send(bytes([byte]))
output = client.recv(100).decode()[:14]`,
    { port: server.port, size },
  );
  assertEquals(status, '{"status": 200');
  return ticks(server.pid) - before;
}

Deno.test({
  name: "hostile: a request of the limit's size, a byte a write, is answered",
  ignore: !hasPython || !hasProc,
  async fn() {
    const size = sized(131_072, 1_048_576);
    await using server = await ServeChild.start([
      "--store",
      "memory",
      "--max-request-bytes",
      `${size}`,
      "--request-timeout",
      "0",
    ]);
    const small = await drip(server, size / 8), large = await drip(server, size);
    // eight times the bytes are eight times the work; sixty-four times it would be if each byte cost those before it
    if (isLong) assertLess(large, 24 * Math.max(small, 5));
  },
});

Deno.test({
  name:
    "hostile: 500 clients that stop a byte before the end of the largest request take less than 256 MiB together; those over it are told 505, the others served",
  ignore: !hasProc,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory", "--request-timeout", "0"]);
    const clients = await connect(server.port, 500), before = residentBytes(server.pid);
    const unfinished = new TextEncoder().encode('{"op":"'.padEnd(MEGABYTE - 2, "x"));
    const SHUT = closing("Server holds too many unfinished requests");
    let most = 0, gone = 0;
    const answers = clients.map((client) => client.rest().catch(() => SHUT).finally(() => gone++)); // a reset may overtake the last line
    for (const client of clients) {
      await client.send(unfinished).catch(() => {}); // it may have been let go meanwhile
      most = Math.max(most, residentBytes(server.pid));
    }
    // all but those for which there is room
    await until(30_000, "clients that are let go", () => gone >= clients.length - 128);
    assertLess(most - before, 256 * MEGABYTE);
    for (const client of clients) {
      await client.send(new TextEncoder().encode('"}')).catch(() => {});
      await client.halfClose().catch(() => {});
    }
    const texts = await Promise.all(answers);
    assertEquals(texts.filter((text) => text !== SHUT && !text.startsWith('{"status": 504')), []);
    assert(texts.some((text) => text !== SHUT), "none was served");
    // what they held is free again
    assertEquals(
      (await exchange(server.port, `${new TextDecoder().decode(unfinished)}"}`)).slice(0, 14),
      '{"status": 504',
    );
    for (const client of clients) client[Symbol.dispose]();
  },
});
