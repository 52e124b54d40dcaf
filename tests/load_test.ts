import { assert, assertEquals } from "@std/assert";
import { lines, statuses } from "./support/answers.ts";
import { ServeChild } from "./support/child.ts";
import { Ledger } from "./support/ledger.ts";
import { isLong, sized } from "./support/long.ts";
import { descriptors, hasProc, residentBytes } from "./support/process.ts";
import { connect, exchange, RawClient } from "./support/raw_client.ts";
import { onEachStore } from "./support/stores.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { sleep, until } from "./support/wait.ts";
import { readListing } from "../protocol/mod.ts";

const MEGABYTE = 1_048_576;

Deno.test({
  name:
    "load: 1,000 connections of 100 adds each: 100,000 times 201, the answers in order, the messages too, memory bounded",
  ignore: !hasProc,
  async fn() {
    await using folder = new TempFolder();
    await using server = await ServeChild.start(["--store", `sqlite:${folder.file("board.db")}`]);
    const clients = await connect(server.port, 1000), before = residentBytes(server.pid);
    await Promise.all(clients.map(async (client, n) => {
      // between the adds, requests whose answers say which they were
      const requests = Array.from(
        { length: 100 },
        (_, at) => `{"op":"adicionar","data":"${n}.${at}"}{"op":"${n}.${at}"}`,
      );
      await client.send(requests.slice(0, 50).join(""));
      const answers = [...await client.lines(100)];
      for (const request of requests.slice(50)) {
        await client.send(request);
        answers.push(...await client.lines(2));
      }
      for (const [at, line] of answers.entries()) {
        const { status, data } = JSON.parse(line);
        if (at % 2 === 0) assertEquals(status, 201);
        else assertEquals([status, data], [504, `Unknown operation "${n}.${(at - 1) / 2}"`]);
      }
      client[Symbol.dispose]();
    }));
    // the messages are about 10 MB on disk; what is held of them in memory is SQLite's cache
    assert(residentBytes(server.pid) - before < 256 * MEGABYTE);
    const messages = await readListing(JSON.parse(await exchange(server.port, '{"op":"mostrar","data":"json"}')).data);
    assertEquals(messages.length, 100_000);
    const next = new Array<number>(1000).fill(0);
    for (const { mensagem } of messages) {
      const [client, at] = mensagem.split(".").map(Number);
      assertEquals(at, next[client]++);
    }
  },
});

onEachStore("load: 50 connections race for 1,000 ids: each is had once", async (store) => {
  await using server = await startServer({ store });
  const clients = await connect(server.port, 50);
  const won = new Array<number>(1000).fill(0);
  await Promise.all(clients.map(async (client, n) => {
    for (let id = 0; id < 1000; id++) {
      const line = await client.ask(`{"op":"adicionar","id":${id},"data":"${n}"}`);
      if (line === lines(201)) won[id]++;
      else assertEquals(line, lines(401));
    }
    client[Symbol.dispose]();
  }));
  assertEquals(won, new Array<number>(1000).fill(1));
});

onEachStore("load: 10,000 requests in one write: 10,000 answers, in order", async (store) => {
  await using server = await startServer({ store });
  const requests = Array.from({ length: 10_000 }, (_, at) => `{"op":"adicionar","data":"${at}"}`);
  const answers = (await exchange(server.port, requests.join(""))).trimEnd().split("\n");
  assertEquals(answers.map((line) => JSON.parse(line).data), requests.map((_, at) => `${at + 1}`));
});

Deno.test({
  name: `load: after ${
    isLong ? "30 minutes" : "a minute"
  } of clients that come, add, list, delete and go, memory and descriptors are level`,
  ignore: !hasProc,
  async fn() {
    await using folder = new TempFolder();
    await using server = await ServeChild.start([
      "--store",
      `sqlite:${folder.file("board.db")}`,
    ]);
    const ledger = new Ledger(), span = sized(60_000, 1_800_000), end = performance.now() + span;
    let id = 0;
    const worker = async () => {
      while (performance.now() < end) {
        using client = await RawClient.connect(server.port);
        const added: number[] = [];
        for (let n = 0; n < 20; n++) {
          added.push(id);
          assertEquals(await ledger.add(client, id, `soak ${id++}`), 201);
        }
        assertEquals(statuses(await client.ask('{"op":"mostrar"}')), [200]);
        for (const id of added) assertEquals(await ledger.delete(client, id), 202);
        await sleep(sized(100, 0)); // in CI other tests run at the same time
      }
    };
    const working = Promise.all(Array.from({ length: 20 }, worker));
    await sleep(span / 3); // caches fill, code is compiled
    const memory: number[] = [];
    while (performance.now() < end) {
      memory.push(residentBytes(server.pid));
      await sleep(span / 60);
    }
    await working;
    const half = memory.length >> 1, least = (values: number[]) => Math.min(...values);
    // between two collections memory grows: its lowest points are compared
    assert(least(memory.slice(half)) - least(memory.slice(0, half)) < 24 * MEGABYTE, `${memory}`);
    const idle = await RawClient.connect(server.port);
    await until(5000, "the clients' descriptors", () => descriptors(server.pid) < 60);
    idle[Symbol.dispose]();
    assertEquals(await ledger.audit(server.port), []);
  },
});
