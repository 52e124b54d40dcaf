import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, type Store, StoreError } from "../server/store/mod.ts";
import { RedoLog } from "../server/store/redo_log.ts";
import { type Outcome, outcome } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { Ledger } from "./support/ledger.ts";
import { add } from "./support/operations.ts";
import { RawClient } from "./support/raw_client.ts";
import { append, BOARDS, hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";

const ignore = !hasRedoLog, memory = BOARDS[1];
/** Of a log, and of its blocks, in bytes. */
const SIZE = 4_194_304, BLOCK = 4096;
/** What stands in a group at most, in bytes: its header has 20. */
const LARGEST = 262_144 - 20;
const LIST: Operation = { kind: "list", form: "json" };

/** A board whose server was killed, and what that had acknowledged. */
async function killed(path: string, messages: number, text: (id: number) => string): Promise<Ledger> {
  const ledger = new Ledger();
  await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
  using client = await RawClient.connect(server.port);
  for (let id = 1; id <= messages; id++) assertEquals(await ledger.add(client, id, text(id)), 201);
  server.kill("SIGKILL");
  await server.ended();
  return ledger;
}

async function audit(path: string, ledger: Ledger): Promise<void> {
  await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
  await ledger.audit(server.port);
}

/** A board that SQLite refuses some messages of. */
async function startFailing(path: string): Promise<void> {
  await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec(`CREATE TRIGGER fail BEFORE INSERT ON run WHEN NEW.texts LIKE '%"fail"%'
    BEGIN SELECT RAISE(FAIL, 'no room'); END`);
  database.close();
}

function stopFailing(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("DROP TRIGGER fail");
  database.close();
}

async function assertNotCarriedOver(store: Store): Promise<void> {
  const why = `Cannot carry over into ${store.name} what its redo log has: no room; the log stays for the next start`;
  await assertRejects(() => store[Symbol.asyncDispose](), StoreError, why);
  await store[Symbol.asyncDispose]();
}

/** What a start finds. */
async function read(path: string, cycle: number): Promise<string[]> {
  using log = (await RedoLog.open(path, cycle))!;
  return log.texts();
}

Deno.test({
  name: "redo log: one that is closed takes nothing, and may be closed and removed again",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const log = (await RedoLog.open(folder.file("log"), null))!;
    log.begin(7);
    assert(append(log, "a"));
    log.remove();
    // it has the descriptor that the log had
    using other = await Deno.open(folder.file("other"), { read: true, write: true, create: true });
    assertEquals(append(log, "b"), false);
    assertEquals((await other.stat()).size, 0);
    log.remove();
    log[Symbol.dispose]();
  },
});

Deno.test({
  name: "redo log: gives back what was appended, takes no more than it has room for, and begins anew",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("log");
    using log = (await RedoLog.open(path, null))!;
    assertEquals(Deno.statSync(path).size, SIZE);
    log.begin(7);
    assertEquals(log.texts(), []);
    const texts = ["", "é😀\0", "x".repeat(BLOCK), "y".repeat(LARGEST), "é".repeat(LARGEST / 2)];
    for (const text of texts) assert(append(log, text));
    assertEquals(log.text.length, LARGEST);
    while (append(log, "z")) texts.push("z");
    assertEquals(log.texts(), texts);
    assertEquals(await read(path, 7), texts);
    assertEquals(texts.length, 5 + 1024 - 1 - 1 - 2 - 64 - 64);
    log.begin(8);
    assertEquals(log.texts(), []);
    assert(append(log, "again"));
    assertEquals(await read(path, 8), ["again"]);
    log.remove();
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});

Deno.test({
  name: "redo log: none is made where nothing can be written past the system's cache, and nothing is left behind",
  ignore: memory.ignore,
  async fn() {
    await using folder = new TempFolder(memory.parent);
    assertEquals(await RedoLog.open(folder.file("log"), null), undefined);
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});

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
  name: "redo log: what SQLite does not take is refused once it is more than the log is for, and nothing else is lost",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    await startFailing(path);
    const there: { id: number; mensagem: string }[] = [];
    const listed: Outcome = { kind: "listed", data: "" };
    {
      const store = await openStore(`sqlite:${path}`);
      const kinds = async (...batch: Operation[]) => new Set((await store.apply(batch)).map(({ kind }) => kind));
      // the first group of a server is a commit
      assertEquals(await kinds(add(1, "fail")), new Set(["failed"]));
      for (let id = 2; id <= 40; id++) {
        const text = id === 20 ? "fail" : `message ${id}`;
        assertEquals(await kinds(add(id, text)), new Set(["added"]));
        there.push({ id, mensagem: text });
        if (id % 7 !== 0) continue;
        assertEquals(await kinds({ kind: "delete", id }), new Set(["deleted"]));
        there.pop();
      }
      const large = Array.from({ length: 300 }, (_, id) => add(1000 + id, "large"));
      assertEquals(await kinds(...large), new Set(["failed"]));
      // nobody knows which cycle a restart would find
      assertEquals(await kinds(add(41, "small")), new Set(["failed"]));
      assertEquals(await kinds({ kind: "delete", id: 2 }), new Set(["failed"]));
      listed.data = JSON.stringify(there);
      assertEquals((await store.apply([LIST])).map(outcome), [listed]);
      for (const end of ["", "-wal", "-redo"]) Deno.copyFileSync(path + end, folder.file("killed.db") + end);
      await assertNotCarriedOver(store);
    }
    for (const name of ["killed.db", "board.db"]) {
      {
        const store = await openStore(`sqlite:${folder.file(name)}`);
        assertEquals((await store.apply([LIST])).map(outcome), [listed]);
        assertEquals((await store.apply([add(41, "small")]))[0].kind, "failed");
        await assertNotCarriedOver(store);
      }
      stopFailing(folder.file(name));
      await using store = await openStore(`sqlite:${folder.file(name)}`);
      assertEquals((await store.apply([LIST, add(41, "small")])).map(outcome), [listed, { kind: "added", id: 41 }]);
    }
  },
});

Deno.test({
  name: "redo log: a server that cannot carry it over at its end says so, and the next one has all",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), ledger = new Ledger();
    await startFailing(path);
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
      using client = await RawClient.connect(server.port);
      for (const [id, text] of [[1, "message"], [2, "fail"]] as const) {
        assertEquals(await ledger.add(client, id, text), 201);
      }
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0);
      assertStringIncludes(
        stderr,
        `Cannot carry over into sqlite:${path} what its redo log has: no room; the log stays`,
      );
    }
    stopFailing(path);
    await audit(path, ledger);
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

/** What can have happened to the log of a killed server, and what is then said. */
const DAMAGED: Record<string, [damage: (log: string) => void, why: string]> = {
  "empty, as a clean stop would leave it": [(log) => Deno.truncateSync(log), "is not its log"],
  "cut": [(log) => Deno.truncateSync(log, 2 * BLOCK), "is not its log"],
  "gone": [(log) => Deno.removeSync(log), "is gone, and messages may be in no other place"],
  "flipped in the midst": [(log) => flip(log, BLOCK + 30), "is damaged"],
  "without its first group": [(log) => flip(log, 10), "is damaged"],
};

function flip(log: string, at: number): void {
  const bytes = Deno.readFileSync(log);
  bytes[at] ^= 1;
  Deno.writeFileSync(log, bytes);
}

for (const [name, [damage, why]] of Object.entries(DAMAGED)) {
  Deno.test({
    name: `redo log: one that is ${name} is refused, and brought back has lost nothing`,
    ignore,
    async fn() {
      await using folder = new TempFolder();
      const path = folder.file("board.db"), log = `${path}-redo`;
      const ledger = await killed(path, 5, (id) => `message ${id}`);
      const whole = Deno.readFileSync(log);
      damage(log);
      await assertRejects(() => openStore(`sqlite:${path}`), StoreError, why);
      Deno.writeFileSync(log, whole);
      await audit(path, ledger);
    },
  });
}

Deno.test({
  name: "redo log: what was in one that is lost for good is given up by an UPDATE",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    await killed(path, 5, (id) => `message ${id}`);
    Deno.removeSync(`${path}-redo`);
    const database = new DatabaseSync(path);
    database.exec("UPDATE board SET redo = NULL");
    database.close();
    await using store = await openStore(`sqlite:${path}`);
    assertEquals((await store.apply([LIST])).map(outcome), [{
      kind: "listed",
      data: '[{"id":1,"mensagem":"message 1"}]',
    }]);
  },
});

Deno.test("redo log: it never takes the place of a board that is called so", async () => {
  await using folder = new TempFolder();
  const path = folder.file("a"), other = `${path}-redo`;
  {
    await using store = await openStore(`sqlite:${other}`);
    await store.apply([add(3, "a")]);
  }
  Deno.copyFileSync(other, path);
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "is a database");
  await using store = await openStore(`sqlite:${other}`);
  assertEquals(store.count(), 1);
});

Deno.test("redo log: it never takes the place of a file that is none, and waits for no pipe", async () => {
  await using folder = new TempFolder();
  const path = folder.file("a.db"), other = `${path}-redo`;
  Deno.writeTextFileSync(other, "notes");
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "its log");
  assertEquals(Deno.readTextFileSync(other), "notes");
  Deno.removeSync(other);
  if (Deno.build.os === "windows") return;
  assert((await new Deno.Command("mkfifo", { args: [other] }).output()).success);
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "its log");
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
