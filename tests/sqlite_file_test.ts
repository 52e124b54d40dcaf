import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, StoreError } from "../server/store/mod.ts";
import { outcome } from "./support/board_model.ts";
import { run, ServeChild } from "./support/child.ts";
import { add } from "./support/operations.ts";
import { exchange } from "./support/raw_client.ts";
import { hasRedoLog } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { board, session } from "./support/board_file.ts";

const windows = Deno.build.os === "windows";
const LIST: Operation = { kind: "list", form: "json" };

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

Deno.test("sqlite file: an id that is there is never picked, whatever the file says of the highest", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  await board(path, "UPDATE board SET highest = 0");
  assertEquals(await session(path, [add(undefined, "c")]), [{ kind: "added", id: 3 }]);
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
