import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation } from "../server/store/mod.ts";
import { outcome } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { Ledger } from "./support/ledger.ts";
import { add } from "./support/operations.ts";
import { RawClient } from "./support/raw_client.ts";
import { BOARDS, hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { audit, killed } from "./support/killed_board.ts";

const ignore = !hasRedoLog, memory = BOARDS[1];
/** Of a log, in bytes. */
const SIZE = 4_194_304;
const LIST: Operation = { kind: "list", form: "json" };

Deno.test({
  name: "redo log: that none can be made is told where the system could, and nowhere else",
  ignore: ignore || memory.ignore,
  async fn() {
    await using folder = new TempFolder();
    await using other = new TempFolder(memory.parent);
    const path = folder.file("a.db"), warnings: string[] = [];
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`], { before: UNLOGGED });
      await server.logged(/^Warning: Cannot make the redo log of sqlite:.*; the server is slower without it$/m);
    }
    await using _ = await openStore(`sqlite:${other.file("a.db")}`, (message) => warnings.push(message));
    assertEquals(warnings, []);
  },
});

Deno.test({
  name: "redo log: more messages than it has room for, one by one and many at a time, are all there after a kill",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    const ledger = await killed(path, 1100, (id) => `message ${id}`);
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
      await ledger.audit(server.port);
      // 200 a client and a group: over 8,192 before the log is full
      await Promise.all(Array.from({ length: 50 }, async (_, n) => {
        using client = await RawClient.connect(server.port);
        for (let id = 0; id < 200; id++) await ledger.add(client, 1e6 * (n + 1) + id, `${id}`);
      }));
      using client = await RawClient.connect(server.port);
      for (let id = 2000; id < 2006; id++) await ledger.add(client, id, "z".repeat(900_000));
      server.kill("SIGKILL");
      await server.ended();
    }
    assertEquals(Deno.statSync(`${path}-redo`).size, SIZE);
    await audit(path, ledger);
  },
});

/** How many messages the file of a board has, without what its redo log has. */
async function committed(path: string): Promise<number> {
  await using folder = new TempFolder();
  for (const end of ["", "-wal"]) Deno.copyFileSync(path + end, folder.file("copy.db") + end);
  const database = new DatabaseSync(folder.file("copy.db"));
  try {
    return database.prepare("SELECT messages FROM board").get()!.messages as number;
  } finally {
    database.close();
  }
}

Deno.test({
  name: "redo log: the file of the board lacks no more than 8,192 changes, and no group of more than 256",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    await using store = await openStore(`sqlite:${path}`);
    const addGroup = (size: number) => store.apply(Array.from({ length: size }, () => add(undefined, "a")));
    // the first group of a server is a commit
    await addGroup(1);
    for (let there = 1, round = 0; round < 2; round++, there = store.count()) {
      for (let group = 0; group < 32; group++) {
        assertEquals(await committed(path), there);
        await addGroup(256);
      }
      assertEquals(await committed(path), there);
      await addGroup(1);
      assertEquals(await committed(path), store.count());
    }
    await addGroup(257);
    assertEquals(await committed(path), store.count());
  },
});

Deno.test({
  name: "redo log: its order, picked ids and deletions are there after a kill, also where there is no redo log",
  ignore: ignore || memory.ignore,
  async fn() {
    await using folder = new TempFolder();
    await using other = new TempFolder(memory.parent);
    const path = folder.file("board.db");
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
      using client = await RawClient.connect(server.port);
      await client.ask('{"op":"adicionar","id":1,"data":"a"}');
      await client.send(
        '{"op":"adicionar","id":30,"data":"b\\u0000"}{"op":"deletar","id":30}{"op":"adicionar","id":7,"data":"c"}' +
          '{"op":"adicionar","id":7,"data":"taken"}{"op":"deletar","id":1}{"op":"adicionar","id":1,"data":"d"}',
      );
      const statuses = [];
      for (let n = 0; n < 6; n++) statuses.push(JSON.parse(await client.line()).status);
      assertEquals(statuses, [201, 202, 201, 401, 202, 201]);
      server.kill("SIGKILL");
      await server.ended();
    }
    for (const end of ["", "-wal", "-redo"]) Deno.copyFileSync(path + end, other.file("board.db") + end);
    for (const url of [`sqlite:${path}`, `sqlite:${other.file("board.db")}`]) {
      await using store = await openStore(url);
      assertEquals((await store.apply([LIST, add(undefined, "e")])).map(outcome), [
        { kind: "listed", data: '[{"id":7,"mensagem":"c"},{"id":1,"mensagem":"d"}]' },
        { kind: "added", id: 31 },
      ]);
      assertEquals(store.count(), 3);
    }
    await using store = await openStore(`sqlite:${other.file("board.db")}`);
    assertEquals(store.count(), 3);
    assertEquals([...Deno.readDirSync(other.path)].some(({ name }) => name.endsWith("-redo")), false);
  },
});

Deno.test({
  name: "redo log: a board that is reached by a link has it beside the file itself",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), link = folder.file("link.db");
    await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
    Deno.symlinkSync(path, link);
    await audit(path, await killed(link, 3, (id) => `message ${id}`));
  },
});

Deno.test({
  name: "redo log: a listing that SQLite cannot read takes nothing away",
  ignore: ignore || !hasStrace,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
      using client = await RawClient.connect(server.port);
      // more than SQLite keeps in memory
      for (let id = -40; id < 0; id++) await ledger.add(client, id, "x".repeat(100_000));
      server.kill("SIGTERM");
      await server.ended();
    }
    const trace = { calls: ["pread64"], paths: [path] };
    {
      await using _ = await ServeChild.start(["--store", `sqlite:${path}`], traced(log, trace));
    }
    const reads = Deno.readTextFileSync(log).split("\n").length;
    const fails = traced(log, { ...trace, inject: `error=ESTALE:when=${reads + 10}+7` });
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`], fails);
      using client = await RawClient.connect(server.port);
      const statuses: number[] = [];
      for (let id = 1; id <= 40; id++) {
        await ledger.add(client, id, `message ${id}`);
        await client.send(`{"op":"mostrar"}{"op":"adicionar","id":${id},"data":"taken or refused"}`);
        statuses.push(JSON.parse(await client.line()).status);
        assertEquals(JSON.parse(await client.line()).status, 401);
      }
      assert(statuses.includes(400), statuses.join());
      server.kill("SIGTERM");
      await server.ended();
    }
    await audit(path, ledger);
  },
});

Deno.test({
  name: "redo log: a full disk lists thousands of messages that only the log has, and so after a kill",
  ignore: ignore || !hasStrace,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), log = folder.file("trace"), ledger = await killed(path, 2, String);
    // the first message is committed, all others are in the log alone
    const full = traced(log, { calls: ["pwrite64"], paths: [path, `${path}-wal`], inject: "error=ENOSPC:when=100+" });
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`], full);
      await Promise.all(Array.from({ length: 50 }, async (_, n) => {
        using client = await RawClient.connect(server.port);
        for (let id = 0; id < 100; id++) {
          assertEquals(await ledger.add(client, 100 * (n + 1) + id, "x".repeat(300)), 201);
        }
      }));
      await ledger.audit(server.port);
      server.kill("SIGKILL");
      await server.ended();
    }
    await audit(path, ledger);
  },
});
