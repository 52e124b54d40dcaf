import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, StoreError } from "../server/store/mod.ts";
import type { Operation } from "../server/store/mod.ts";
import { outcome } from "./support/board_model.ts";
import { run, ServeChild } from "./support/child.ts";
import { add } from "./support/operations.ts";
import { exchange } from "./support/raw_client.ts";
import { hasRedoLog } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

const windows = Deno.build.os === "windows";
const LIST: Operation = { kind: "list", form: "json" };

/** Opens a board, carries out operations, and closes it. */
async function session(path: string, operations: Operation[]) {
  await using store = await openStore(`sqlite:${path}`);
  return (await store.apply(operations)).map(outcome);
}

Deno.test("sqlite file: messages, their order and the highest id are there after reopening", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  await session(path, [
    add(9, "a\0b"),
    add(3, "😀"),
    add(20, "gone"),
    { kind: "delete", id: 20 },
  ]);
  assertEquals(await session(path, [LIST, add(undefined, "c")]), [
    { kind: "listed", data: '[{"id":9,"mensagem":"a\\u0000b"},{"id":3,"mensagem":"😀"}]' },
    { kind: "added", id: 21 },
  ]);
  assertEquals(await session(path, [{ kind: "delete", id: 21 }, add(1, "d")]), [
    { kind: "deleted" },
    { kind: "added", id: 1 },
  ]);
  await using store = await openStore(`sqlite:${path}`);
  assertEquals(store.count(), 3);
  assertEquals((await store.apply([LIST, add(undefined, "e")])).map(outcome), [
    { kind: "listed", data: '[{"id":9,"mensagem":"a\\u0000b"},{"id":3,"mensagem":"😀"},{"id":1,"mensagem":"d"}]' },
    { kind: "added", id: 22 },
  ]);
});

Deno.test("sqlite file: that no id is left above the highest is there after reopening", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  const id = Number.MAX_SAFE_INTEGER;
  await session(path, [add(id, "a"), { kind: "delete", id }]);
  assertEquals(await session(path, [add(undefined, "b")]), [{ kind: "exhausted" }]);
});

Deno.test("sqlite file: closed, the board is one file", async () => {
  await using folder = new TempFolder();
  await session(folder.file("board.db"), [add(1, "a")]);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["board.db"]);
});

Deno.test("sqlite file: a store that is closed refuses what comes, and may be closed again", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db"), store = await openStore(`sqlite:${path}`);
  for (const id of [1, 2]) assertEquals(await store.apply([add(id, "a")]), [{ kind: "added", id }]);
  await store[Symbol.asyncDispose]();
  const [{ kind }] = await store.apply([add(3, "a")]);
  assertEquals([kind, store.count()], ["failed", 2]);
  await store[Symbol.asyncDispose]();
  await using again = await openStore(`sqlite:${path}`);
  assertEquals(again.count(), 2);
});

Deno.test("sqlite file: a second store on the file is refused, and the first goes on", async () => {
  await using folder = new TempFolder();
  const url = `sqlite:${folder.file("board.db")}`;
  await using store = await openStore(url);
  await assertRejects(() => openStore(url), StoreError, "another server has it open");
  assertEquals((await store.apply([add(1, "a")])).map(outcome), [{ kind: "added", id: 1 }]);
});

Deno.test("sqlite file: a second server on the file ends with 71 and one line, and the first goes on", async () => {
  await using folder = new TempFolder();
  const url = `sqlite:${folder.file("board.db")}`;
  await using server = await ServeChild.start(["--store", url]);
  const { code, stdout, stderr } = await run(["serve", "--port", "0", "--store", url]);
  assertEquals([code, stdout], [71, ""]);
  assertEquals(stderr, `Error: Cannot open the board "${folder.file("board.db")}": another server has it open\n`);
  await assertRejects(() => openStore(url), StoreError, "another server has it open");
  assertEquals(
    await exchange(server.port, '{"op":"adicionar","id":1,"data":"a"}'),
    '{"status": 201, "message": "Mensagem criada", "data": ""}\n',
  );
});

Deno.test("sqlite file: a file in a folder of the working folder, whatever its name looks like", async () => {
  await using folder = new TempFolder();
  Deno.mkdirSync(folder.file("sub"));
  for (const name of ["board.db", "sub/board.db", ":memory:", "file:board.db?mode=memory", "a b%20c?d#e.db"]) {
    const options = { cwd: folder.path };
    for (const answer of ["201", "401"]) {
      await using server = await ServeChild.start(["--store", `sqlite:${name}`], options);
      assertEquals((await exchange(server.port, '{"op":"adicionar","id":1,"data":"a"}')).slice(11, 14), answer);
      server.kill("SIGTERM");
      assertEquals((await server.ended()).code, 0);
    }
    assert(Deno.statSync(folder.file(name)).isFile);
    Deno.removeSync(folder.file(name));
    // what the server may remove no more, once it serves, it leaves empty
    if (hasRedoLog) {
      assertEquals(Deno.readFileSync(folder.file(`${name}-redo`)).length, 0);
      Deno.removeSync(folder.file(`${name}-redo`));
    }
  }
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["sub"]);
});

Deno.test({
  name: "sqlite file: nobody else may read it, whatever the umask",
  ignore: windows,
  async fn() {
    await using folder = new TempFolder();
    for (const umask of ["000", "077", "777"]) {
      const url = `sqlite:${folder.file(`${umask}.db`)}`;
      await using server = await ServeChild.start(["--store", url], { before: `umask ${umask}` });
      await exchange(server.port, '{"op":"adicionar","id":1,"data":"a"}');
    }
    const modes = [...Deno.readDirSync(folder.path)].map(({ name }) => Deno.statSync(folder.file(name)).mode! & 0o777);
    assert(modes.length >= 6, "the logs of the databases are there too");
    assertEquals(modes, modes.map(() => 0o600));
  },
});

/** Makes a board and changes it by hand. */
async function board(path: string, sql: string): Promise<void> {
  await session(path, [add(1, "a"), add(2, "b".repeat(30_000))]);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Of a board's pages, in bytes. */
const PAGE = 4096;

Deno.test("sqlite file: a board with smaller pages, as they were made before, works as it is", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  await session(path, [add(1, "a")]);
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM");
  database.close();
  const size = () => new DataView(Deno.readFileSync(path).buffer).getUint16(16);
  assertEquals(size(), 1024);
  await session(path, [add(2, "b".repeat(10_000)), { kind: "delete", id: 1 }]);
  assertEquals(await session(path, [LIST]), [
    { kind: "listed", data: `[{"id":2,"mensagem":"${"b".repeat(10_000)}"}]` },
  ]);
  assertEquals(size(), 1024);
});

/** What cannot be a board, and why it is refused. */
const REFUSED: Record<string, { make(path: string): void | Promise<void>; why: string }> = {
  "an empty file": { make: (path) => Deno.writeTextFileSync(path, ""), why: "the file is empty" },
  "garbage": {
    make: (path) => Deno.writeFileSync(path, crypto.getRandomValues(new Uint8Array(5000))),
    why: "the file is not an SQLite database",
  },
  "a text": { make: (path) => Deno.writeTextFileSync(path, "notes\n"), why: "the file is not an SQLite database" },
  "half a header": {
    make: async (path) => {
      await board(path, "");
      Deno.truncateSync(path, 60);
    },
    why: "the file is not an SQLite database",
  },
  "a board cut short": {
    make: async (path) => {
      await board(path, "");
      Deno.truncateSync(path, 2 * PAGE);
    },
    why: "",
  },
  "a board with flipped bytes": {
    make: async (path) => {
      await board(path, "");
      const bytes = Deno.readFileSync(path);
      bytes.fill(0x5a, PAGE, PAGE + 100);
      bytes.fill(0x5a, 3 * PAGE, 3 * PAGE + 100);
      Deno.writeFileSync(path, bytes);
    },
    why: "",
  },
  "a board with flipped bytes among its messages": {
    make: async (path) => {
      const operations = Array.from(
        { length: 400 },
        (_, id): Operation => (add(id, "a".repeat(100))),
      );
      await session(path, operations);
      const bytes = Deno.readFileSync(path);
      const last = bytes.length - PAGE;
      bytes.fill(0x5a, last + 8, last + 58);
      Deno.writeFileSync(path, bytes);
    },
    why: "the file is damaged",
  },
  "the database of another program": {
    make: (path) => board(path, "PRAGMA application_id = 7"),
    why: "the file is a database of another program",
  },
  "a database that says nothing of its program": {
    make: (path) => board(path, "PRAGMA application_id = 0"),
    why: "the file is a database of another program",
  },
  "a newer schema": {
    make: (path) => board(path, "PRAGMA user_version = 4"),
    why: "the file has schema version 4, and this Recado knows 3",
  },
  "a board without its tables": {
    make: (path) => board(path, "DROP VIEW message; DROP TABLE run"),
    why: "no such table",
  },
  "a board of version 2 without its tables": {
    make: (path) =>
      board(
        path,
        "DROP VIEW message; DROP TABLE run; DROP TABLE gone; ALTER TABLE board DROP COLUMN messages; PRAGMA user_version = 2",
      ),
    why: "no such table",
  },
  "a board that says nothing of itself": {
    make: (path) => board(path, "DELETE FROM board"),
    why: "it says nothing of itself",
  },
  "a board that lacks a message": {
    make: (path) => board(path, "DELETE FROM run WHERE number = 1"),
    why: "it has 1 messages, and says that it has 2",
  },
  "a run whose ids are not JSON": {
    make: (path) => board(path, "UPDATE run SET ids = '[1'"),
    why: "run 0 is damaged",
  },
  "a run with ids that are none": {
    make: (path) => board(path, `UPDATE run SET ids = '["a"]'`),
    why: "run 0 is damaged",
  },
  "a run with a number below all": {
    make: (path) => board(path, "UPDATE run SET number = -1 WHERE number = 0"),
    why: "run -1 is damaged",
  },
  "a run with a number above all": {
    make: (path) => board(path, "UPDATE run SET number = 9007199254740991 WHERE number = 1"),
    why: "run 9007199254740991 is damaged",
  },
  "an id that is there twice": {
    make: (path) => board(path, "UPDATE run SET ids = '[1]'"),
    why: "id 1 is there twice",
  },
  "a folder": { make: (path) => Deno.mkdirSync(path), why: "it is not a file" },
};

Deno.test("sqlite file: an id that is there is never picked, whatever the file says of the highest", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  await board(path, "UPDATE board SET highest = 0");
  assertEquals(await session(path, [add(undefined, "c")]), [{ kind: "added", id: 3 }]);
});

/** The contents of a folder. */
function contents(folder: string): [name: string, contents: Uint8Array | string][] {
  return [...Deno.readDirSync(folder)].map(({ name, isFile, isSymlink }): [string, Uint8Array | string] => [
    name,
    isFile ? Deno.readFileSync(`${folder}/${name}`) : isSymlink ? Deno.readLinkSync(`${folder}/${name}`) : "folder",
  ]).sort(([one], [other]) => one < other ? -1 : 1);
}

for (const [name, { make, why }] of Object.entries(REFUSED)) {
  Deno.test(`sqlite file: ${name} is refused and left as it is`, async () => {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    await make(path);
    const before = contents(folder.path);
    const { message } = await assertRejects(() => openStore(`sqlite:${path}`), StoreError, why);
    assert(!message.includes("\n") && message.includes(path), message);
    assertEquals(contents(folder.path), before);
  });
}

Deno.test("sqlite file: a folder that is not there is refused, and not made", async () => {
  await using folder = new TempFolder();
  await assertRejects(
    () => openStore(`sqlite:${folder.file("none/board.db")}`),
    StoreError,
    "its folder does not exist",
  );
  assertEquals(contents(folder.path), []);
});

for (const log of ["-wal", "-redo"]) {
  Deno.test(`sqlite file: a log ${log} whose file is gone is refused and left as it is`, async () => {
    await using folder = new TempFolder();
    Deno.writeTextFileSync(folder.file(`board.db${log}`), "messages that only this log may hold");
    const before = contents(folder.path);
    await assertRejects(() => openStore(`sqlite:${folder.file("board.db")}`), StoreError, "its log");
    assertEquals(contents(folder.path), before);
  });
}

Deno.test({
  name: "sqlite file: a link that leads nowhere is refused, and nothing is made",
  ignore: windows,
  async fn() {
    await using folder = new TempFolder();
    Deno.symlinkSync(folder.file("none.db"), folder.file("board.db"));
    const before = contents(folder.path);
    await assertRejects(() => openStore(`sqlite:${folder.file("board.db")}`), StoreError, "Cannot make the board");
    assertEquals(contents(folder.path), before);
  },
});

Deno.test({
  name: "sqlite file: a pipe is refused, and not waited for",
  ignore: windows,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
    // in a child: what waits for a pipe cannot be interrupted
    const { code, stdout, stderr } = await run(["serve", "--port", "0", "--store", `sqlite:${path}`]);
    assertEquals([code, stdout, stderr], [71, "", `Error: Cannot open the board "${path}": it is not a file\n`]);
  },
});

Deno.test("sqlite file: the lock outlasts a second store that this process was refused", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db"), url = `sqlite:${path}`;
  Deno.mkdirSync(folder.file("sub"));
  await using store = await openStore(url);
  if (!windows) Deno.linkSync(path, folder.file("other.db"));
  for (
    const again of [
      url,
      `sqlite:${folder.path}/sub/../board.db`,
      ...windows ? [] : [`sqlite:${folder.file("other.db")}`],
    ]
  ) {
    await assertRejects(() => openStore(again), StoreError, "another server has it open");
  }
  const { code } = await run(["serve", "--port", "0", "--store", url]);
  assertEquals(code, 71);
  assertEquals((await store.apply([add(1, "a")])).map(outcome), [{ kind: "added", id: 1 }]);
});
