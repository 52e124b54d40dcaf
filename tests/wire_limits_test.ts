import { assert, assertEquals } from "@std/assert";
import { closing, lines, statuses } from "./support/answers.ts";
import { ServeChild } from "./support/child.ts";
import { hasPython, python } from "./support/python.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { onEachStore } from "./support/stores.ts";
import { sleep } from "./support/wait.ts";

const LIST = '{"op":"mostrar"}';

Deno.test("limits: a request that is not finished in time is told 505, after the answers to those before", async () => {
  await using server = await startServer({ requestTimeout: 0.05 });
  using client = await RawClient.connect(server.port);
  await client.send(`${LIST}{"op":"mos`);
  assertEquals(await client.rest(), lines(200) + closing("Request was not finished in 0.05 s"));
});

Deno.test("limits: a byte now and then does not make the time for a request longer", async () => {
  await using server = await startServer({ requestTimeout: 0.05, maxRequestBytes: 536_870_912 });
  using client = await RawClient.connect(server.port);
  await client.send("[");
  assertEquals(await client.restAmid(" "), closing("Request was not finished in 0.05 s"));
});

Deno.test({
  name: "limits: time in which the server did not run is not its clients'",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await ServeChild.start(["--store", "memory", "--request-timeout", "1"]);
    using client = await RawClient.connect(server.port);
    assertEquals(await client.ask(`${LIST}{"op":"mos`), lines(200)); // what has begun has been read, too
    server.kill("SIGSTOP");
    await client.send('trar"}');
    await sleep(2000);
    server.kill("SIGCONT");
    assertEquals(await client.line(), lines(200));
  },
});

Deno.test("limits: a client that is silent for too long is told 505", async () => {
  await using server = await startServer({ idleTimeout: 0.05 });
  using silent = await RawClient.connect(server.port);
  assertEquals(await silent.rest(), closing("Connection was idle for 0.05 s"));
  using client = await RawClient.connect(server.port);
  await client.send(LIST);
  assertEquals(await client.rest(), lines(200) + closing("Connection was idle for 0.05 s"));
});

Deno.test("limits: white space between requests does not make the idle time longer", async () => {
  await using server = await startServer({ idleTimeout: 0.05 });
  using client = await RawClient.connect(server.port);
  assertEquals(await client.restAmid(" "), closing("Connection was idle for 0.05 s"));
});

Deno.test("limits: without limits of time a client may stop in the middle of a request", async () => {
  await using server = await startServer();
  await using strict = await startServer({ requestTimeout: 0.05 });
  using patient = await RawClient.connect(server.port);
  using client = await RawClient.connect(strict.port);
  await patient.send('{"op":');
  await client.send('{"op":');
  await client.rest();
  assertEquals(await patient.ask('"mostrar"}'), lines(200));
});

onEachStore("limits: clients that do not read cost only themselves, and are let go", async (store) => {
  await using server = await startServer({ store, writeTimeout: 0.2 });
  const adds = Array.from({ length: 100 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${"a".repeat(100_000)}"}`);
  await exchange(server.port, adds.join(""));
  const greedy = await Promise.all(Array.from({ length: 5 }, () => RawClient.connect(server.port)));
  const gone = Promise.all(greedy.map(async (client) => {
    await client.send(LIST.repeat(10));
    await client.arrived();
  }));
  using other = await RawClient.connect(server.port);
  for (let id = 1000; id < 1100; id++) {
    assertEquals(await other.ask(`{"op":"adicionar","id":${id},"data":"a"}`), lines(201));
  }
  await gone;
  while (server.log.refused.length < greedy.length) await server.refusal();
  assertEquals(server.log.refused, greedy.map(() => [505, "Client read too little for 0.2 s"]));
  for (const client of greedy) {
    const received = await client.rest().catch((error) => {
      assert(error instanceof Deno.errors.ConnectionReset, error);
      return "";
    });
    assert(received.split("\n").length <= 10, "not all of the listings");
    client[Symbol.dispose]();
  }
  assertEquals(await other.ask('{"op":"deletar","id":1000}'), lines(202));
});

Deno.test("limits: as many clients as allowed are served, the others are told 505", async () => {
  await using server = await startServer({ maxConnections: 5 });
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(server.port)));
  const answers = await Promise.all(clients.map((client) => client.ask(LIST)));
  const full = closing("Server has its 5 clients already");
  assertEquals(answers.toSorted(), [...Array<string>(5).fill(lines(200)), ...Array<string>(15).fill(full)]);
  for (const [at, client] of clients.entries()) {
    if (answers[at] === full) assertEquals(await client.rest(), "");
    else assertEquals(await client.ask(LIST), lines(200));
  }
  for (const client of clients) client[Symbol.dispose]();
  let answer: string;
  do answer = await exchange(server.port, LIST); while (answer === full); // until the server has seen them go
  assertEquals(answer, lines(200));
});

Deno.test("limits: hundreds that find no room do not keep the next from being served once there is", async () => {
  await using server = await startServer({ maxConnections: 1 });
  const only = await RawClient.connect(server.port);
  assertEquals(await only.ask(LIST), lines(200));
  const others = await Promise.all(Array.from({ length: 300 }, () => RawClient.connect(server.port)));
  // told, or closed without a word where too many are being told at once
  for (const other of others) {
    const told = await other.rest().catch(() => "");
    assert(told === "" || told === closing("Server has its 1 clients already"), told);
  }
  assertEquals(await only.ask(LIST), lines(200));
  for (const client of [only, ...others]) client[Symbol.dispose]();
  let answer: string;
  do answer = await exchange(server.port, LIST).catch(() => ""); while (answer !== lines(200));
});

onEachStore("limits: clients that leave without reading their answers harm no one", async (store) => {
  await using server = await startServer({ store, demo: true });
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 25 }, async () => {
      using client = await RawClient.connect(server.port);
      await client.send(LIST.repeat(20));
    }));
  }
  assertEquals(statuses(await exchange(server.port, LIST)), [200]);
});

Deno.test({
  name: "limits: after 2,000 clients that connect and reset the next one is served",
  ignore: !hasPython,
  async fn() {
    await using server = await startServer();
    const connected = await python(
      `import socket, struct
output = 0
for at in range(2000):
  client = socket.create_connection(("127.0.0.1", input))
  client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
  if at % 3 == 0: client.sendall(b'{"op":"mostrar"}{"op"')
  client.close()
  output += 1`,
      server.port,
    );
    assertEquals(connected, 2000);
    assertEquals(await exchange(server.port, LIST), lines(200));
  },
});
