import { assert, assertEquals } from "@std/assert";
import { readListing } from "../protocol/mod.ts";
import { closing, lines, statuses } from "./support/answers.ts";
import { ServeChild } from "./support/child.ts";
import { hasPython } from "./support/python.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { typeInto } from "./support/type_into.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const windows = Deno.build.os === "windows";
const SHUTTING_DOWN = closing("Server is shutting down");
const ADD = '{"op":"adicionar","id":1,"data":"a"}';

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `signals: at ${signal} every client is told 505, it exits 0, and the messages are there after a restart`,
    ignore: windows,
    async fn() {
      await using folder = new TempFolder();
      const store = ["--store", `sqlite:${folder.file("board.db")}`];
      await using server = await ServeChild.start(store);
      const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(server.port)));
      for (const [id, client] of clients.entries()) {
        assertEquals(await client.ask(`{"op":"adicionar","id":${id},"data":"a"}`), lines(201));
        if (id % 2 > 0) await client.send('{"op":'); // in the middle of a request
      }
      server.kill(signal);
      for (const client of clients) {
        assertEquals(await client.rest(), SHUTTING_DOWN);
        client[Symbol.dispose]();
      }
      assertEquals((await server.ended()).code, 0);
      await using again = await ServeChild.start(store);
      const { data } = JSON.parse(await exchange(again.port, '{"op":"mostrar"}'));
      assertEquals((await readListing(data)).map(({ id }) => id), clients.map((_, id) => id));
    },
  });
}

Deno.test({
  name: "signals: under load what was acknowledged is there, and no answer is cut",
  ignore: windows,
  async fn() {
    await using folder = new TempFolder();
    const store = ["--store", `sqlite:${folder.file("board.db")}`];
    const acknowledged = new Set<number>();
    {
      await using server = await ServeChild.start(store);
      await Promise.all(Array.from({ length: 10 }, async (_, n) => {
        using client = await RawClient.connect(server.port);
        for (let id = n * 1e6;; id++) {
          const line = await client.ask(`{"op":"adicionar","id":${id},"data":"a"}`).catch(() => "");
          if (line !== lines(201)) return assert(line === SHUTTING_DOWN || line === "", line);
          acknowledged.add(id);
          if (acknowledged.size === 500) server.kill("SIGTERM");
        }
      }));
      assertEquals((await server.ended()).code, 0);
    }
    await using server = await ServeChild.start(store);
    const there = new Set(
      (await readListing(JSON.parse(await exchange(server.port, '{"op":"mostrar"}')).data)).map(({ id }) => id),
    );
    assertEquals([...acknowledged].filter((id) => !there.has(id)), []);
  },
});

Deno.test({
  name: "signals: a listing that a client is reading goes on to its end, and then 505",
  ignore: windows,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"]);
    const text = "a".repeat(500_000);
    const adds = Array.from({ length: 40 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${text}"}`);
    assertEquals(await exchange(server.port, adds.join("")), lines(201).repeat(40));
    using idle = await RawClient.connect(server.port);
    assertEquals(await idle.ask('{"op":"deletar","id":0}'), lines(202));
    using client = await RawClient.connect(server.port);
    await client.send('{"op":"mostrar"}');
    await client.arrived();
    server.kill("SIGTERM");
    assertEquals(await idle.rest(), SHUTTING_DOWN); // it is draining now
    const answers = await client.rest();
    assertEquals(statuses(answers), [200, 505]);
    assertEquals((await readListing(JSON.parse(answers.slice(0, answers.indexOf("\n"))).data)).length, 39);
    assertEquals((await server.ended()).code, 0);
  },
});

Deno.test({
  name: "signals: no one is accepted any more, and the port can be had at once",
  ignore: windows,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"]);
    using client = await RawClient.connect(server.port);
    assertEquals(await client.ask(ADD), lines(201));
    server.kill("SIGTERM");
    assertEquals(await client.rest(), SHUTTING_DOWN);
    await using again = await startServer({ port: server.port });
    assertEquals(await exchange(again.port, ADD), lines(201));
  },
});

Deno.test({
  name: "signals: a second one ends it at once with 130, though a client does not read",
  ignore: windows,
  async fn() {
    for (const [first, second] of [["SIGTERM", "SIGINT"], ["SIGINT", "SIGINT"]] as const) {
      await using server = await ServeChild.start(["--store", "memory", "--write-timeout", "0"]);
      const text = "a".repeat(1_000_000);
      const adds = Array.from({ length: 20 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${text}"}`);
      await exchange(server.port, adds.join(""));
      using stuck = await RawClient.connect(server.port);
      await stuck.send('{"op":"mostrar"}');
      await stuck.arrived();
      using idle = await RawClient.connect(server.port);
      assertEquals(await idle.ask('{"op":"deletar","id":0}'), lines(202));
      server.kill(first);
      assertEquals(await idle.rest(), SHUTTING_DOWN);
      // what comes at once after the first is taken for its echo
      const timer = setInterval(() => {
        try {
          server.kill(second);
        } catch {
          // it has ended, and its pipes are not read to their ends yet
        }
      }, 50);
      const { code } = await server.ended();
      clearInterval(timer);
      assertEquals(code, 130);
    }
  },
});

Deno.test({
  name: "signals: clients that do not read are cut off, and it exits 0",
  ignore: windows,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory", "--write-timeout", "0"]);
    const adds = Array.from(
      { length: 10 },
      (_, id) => `{"op":"adicionar","id":${id},"data":"${"a".repeat(1_000_000)}"}`,
    );
    await exchange(server.port, adds.join(""));
    const stuck = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(server.port)));
    await Promise.all(stuck.map(async (client) => {
      await client.send('{"op":"mostrar"}'.repeat(5));
      await client.arrived();
    }));
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
    for (const client of stuck) client[Symbol.dispose]();
  },
});

Deno.test({
  name: "signals: one that comes twice at once, as from a terminal by way of a task, is one",
  ignore: windows,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"]);
    using client = await RawClient.connect(server.port);
    assertEquals(await client.ask(ADD), lines(201));
    server.kill("SIGSTOP");
    server.kill("SIGINT");
    server.kill("SIGTERM");
    server.kill("SIGCONT");
    assertEquals(await client.rest(), SHUTTING_DOWN);
    client[Symbol.dispose]();
    assertEquals((await server.ended()).code, 0);
  },
});

Deno.test({
  name: "signals: Ctrl-C on a terminal ends it, and nothing is asked",
  ignore: !hasPython,
  async fn() {
    await using folder = new TempFolder();
    const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
    const options = tasks.serve.command.replaceAll("'", "").split(" ").filter((word: string) => /^--allow/.test(word));
    for (const more of [[], ["--no-prompt"]]) {
      const { screen, code } = await typeInto(
        [
          Deno.execPath(),
          "run",
          ...options,
          ...more,
          MAIN,
          "serve",
          "--port",
          "0",
          "--store",
          `sqlite:${folder.file("b")}`,
        ],
        [["messages", "\x03"]],
        { NO_COLOR: "1" },
      );
      assertEquals([screen.includes("Stopped"), screen.includes("access"), code], [true, false, 0], screen);
    }
  },
});

Deno.test("signals: in one process, draining twice is draining once, and the server is gone", async () => {
  const server = await startServer();
  using client = await RawClient.connect(server.port);
  assertEquals(await client.ask(ADD), lines(201));
  await Promise.all([server.server.drain(), server.server.drain()]);
  assertEquals(await client.rest(), SHUTTING_DOWN);
  await server[Symbol.asyncDispose]();
  assertEquals(server.server.connections, 0);
});
