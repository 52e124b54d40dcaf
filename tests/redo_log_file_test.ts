import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, StoreError } from "../server/store/mod.ts";
import { RedoLog } from "../server/store/redo_log.ts";
import { outcome } from "./support/board_model.ts";
import { add } from "./support/operations.ts";
import { append, BOARDS, hasRedoLog } from "./support/redo.ts";
import { ServeChild } from "./support/child.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { audit, killed } from "./support/killed_board.ts";

const ignore = !hasRedoLog, memory = BOARDS[1];
/** Of a log, and of its blocks, in bytes. */
const SIZE = 4_194_304, BLOCK = 4096;
/** What stands in a group at most, in bytes: its header has 20. */
const LARGEST = 262_144 - 20;
const LIST: Operation = { kind: "list", form: "json" };

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
  name:
    "redo log: one that was copied to where nothing can be written past the system's cache is read, and takes nothing",
  ignore: ignore || memory.ignore,
  async fn() {
    await using folder = new TempFolder();
    await using other = new TempFolder(memory.parent);
    {
      using log = (await RedoLog.open(folder.file("log"), null))!;
      log.begin(7);
      assert(append(log, "a"));
    }
    Deno.copyFileSync(folder.file("log"), other.file("log"));
    using log = (await RedoLog.open(other.file("log"), 7))!;
    assertEquals(log.texts(), ["a"]);
    log.begin(8);
    assertEquals(append(log, "b"), false);
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
  // beside a board: without one the log would be all that is left of it, and nothing would look at what it is
  await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
  // of no whole blocks, and larger than any log
  for (const notes of ["notes", "n".repeat(SIZE + BLOCK)]) {
    Deno.writeTextFileSync(other, notes);
    await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "is not its log");
    assert(Deno.readTextFileSync(other) === notes);
    Deno.removeSync(other);
  }
  if (Deno.build.os === "windows") return;
  assert((await new Deno.Command("mkfifo", { args: [other] }).output()).success);
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "is not its log");
});

Deno.test({
  name: "redo log: one that cannot be removed at a stop is left empty, and nothing is said to be missing",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    const paths = [`${path}-redo`], inject = "error=EACCES:when=1+";
    const options = traced(folder.file("trace"), { calls: ["unlink", "unlinkat"], paths, inject });
    // with a socket to remove, it keeps the permission to remove the log
    await using server = await ServeChild.start(
      ["--store", `sqlite:${path}`, "--unix", folder.file("s")],
      options,
    );
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals([code, stderr.includes("Error")], [0, false], stderr);
    assertEquals(Deno.statSync(`${path}-redo`).size, 0);
    assertThrows(() => Deno.statSync(`${path}-wal`), Deno.errors.NotFound);
  },
});
