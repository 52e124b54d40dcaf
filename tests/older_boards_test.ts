import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, StoreError } from "../server/store/mod.ts";
import { RedoLog } from "../server/store/redo_log.ts";
import { outcome } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { makeOlderBoard } from "./support/older_board.ts";
import { add } from "./support/operations.ts";
import { Random } from "./support/random.ts";
import { append, hasRedoLog } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

const LIST: Operation = { kind: "list", form: "json" };

/** Of the tables, as the file's header has it. */
function versionOf(path: string): number {
  return new DataView(Deno.readFileSync(path).buffer).getUint32(60);
}

for (const version of [1, 2] as const) {
  Deno.test(`older boards: one of version ${version} has all its messages, in order, and its highest id`, async () => {
    await using folder = new TempFolder();
    const random = new Random(version), path = folder.file("board.db");
    const messages = [
      { id: -5, mensagem: "\0" },
      { id: 9_007_199_254_740_000, mensagem: "a\0b\0" },
      { id: 3, mensagem: "" },
      ...Array.from({ length: 2500 }, (_, at) => ({ id: 10_000 - at, mensagem: random.text(60) })),
      { id: 4, mensagem: "x".repeat(200_000) },
      { id: 5, mensagem: "\ufeff'\"\\\n😀" },
    ];
    makeOlderBoard(path, version, messages, 7);
    for (const next of [1, 2]) {
      await using store = await openStore(`sqlite:${path}`);
      assertEquals(store.count(), messages.length);
      const data = JSON.stringify(messages), id = 9_007_199_254_740_000 + next;
      assertEquals((await store.apply([LIST, add(undefined, "b")])).map(outcome), [
        { kind: "listed", data },
        { kind: "added", id },
      ]);
      messages.push({ id, mensagem: "b" });
    }
    assertEquals(versionOf(path), 3);
  });

  Deno.test(`older boards: an empty one of version ${version} keeps the highest id that it has ever held`, async () => {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    makeOlderBoard(path, version, [], 41);
    await using store = await openStore(`sqlite:${path}`);
    assertEquals((await store.apply([LIST, add(undefined, "a")])).map(outcome), [
      { kind: "listed", data: "[]" },
      { kind: "added", id: 42 },
    ]);
  });

  Deno.test(`older boards: one of version ${version} is one of version 3 before it is served, for those who read its header alone`, async () => {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    makeOlderBoard(path, version, [{ id: 1, mensagem: "a" }]);
    await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
    server.kill("SIGKILL");
    await server.ended();
    assertEquals(versionOf(path), 3);
  });
}

Deno.test({
  name: "older boards: what only the redo log of a killed server of version 2 has is there",
  ignore: !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    makeOlderBoard(path, 2, [{ id: 1, mensagem: "a" }, { id: 2, mensagem: "b" }]);
    {
      using log = (await RedoLog.open(`${path}-redo`, null))!;
      log.begin(17);
      for (const text of ['[[3,"c"],[1]]', '[[9],[1,"d"]]']) assert(append(log, text));
    }
    const database = new DatabaseSync(path);
    database.exec("UPDATE board SET redo = 17");
    database.close();
    for (let restart = 0; restart < 2; restart++) {
      await using store = await openStore(`sqlite:${path}`);
      assertEquals((await store.apply([LIST])).map(outcome), [
        { kind: "listed", data: '[{"id":2,"mensagem":"b"},{"id":3,"mensagem":"c"},{"id":1,"mensagem":"d"}]' },
      ]);
    }
  },
});

Deno.test({
  name: "older boards: one whose redo log is gone is refused, and left as it was",
  ignore: !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    makeOlderBoard(path, 2, [{ id: 1, mensagem: "a" }]);
    const database = new DatabaseSync(path);
    database.exec("UPDATE board SET redo = 17");
    database.close();
    await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "is gone");
    assertEquals(versionOf(path), 2);
    const again = new DatabaseSync(path);
    assertEquals({ ...again.prepare("SELECT id, text FROM message").get() }, { id: 1, text: "a" });
    again.close();
    assertEquals([...Deno.readDirSync(folder.path)].length, 1);
  },
});

Deno.test("older boards: one that cannot be begun to be carried over is left as it was", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  makeOlderBoard(path, 2, [{ id: 1, mensagem: "a" }, { id: 2, mensagem: "b" }]);
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE gone (a)");
  database.close();
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "table gone already exists");
  assertEquals(versionOf(path), 2);
  const again = new DatabaseSync(path);
  again.exec("DROP TABLE gone");
  again.close();
  await using store = await openStore(`sqlite:${path}`);
  assertEquals((await store.apply([LIST])).map(outcome), [
    { kind: "listed", data: '[{"id":1,"mensagem":"a"},{"id":2,"mensagem":"b"}]' },
  ]);
});

Deno.test("older boards: where the carrying over was interrupted it goes on, and an older Recado refuses the board", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  const messages = Array.from({ length: 20_000 }, (_, id) => ({ id, mensagem: `message ${id}` }));
  makeOlderBoard(path, 2, messages);
  const database = new DatabaseSync(path);
  database.exec(`CREATE TRIGGER fail BEFORE DELETE ON message WHEN OLD.id = 15000
    BEGIN SELECT RAISE(ROLLBACK, 'no room'); END`);
  database.close();
  for (let attempt = 0; attempt < 2; attempt++) {
    await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "no room");
    assertEquals(versionOf(path), 3);
  }
  const half = new DatabaseSync(path);
  const count = (table: string) => Number(half.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count);
  assert(count("older_message") > 5000 && count("message") > 5000);
  assertEquals(count("older_message") + count("message"), messages.length);
  half.exec("DROP TRIGGER fail");
  half.close();
  await using store = await openStore(`sqlite:${path}`);
  assertEquals((await store.apply([LIST])).map(outcome), [{ kind: "listed", data: JSON.stringify(messages) }]);
});
