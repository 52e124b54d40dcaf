import { assert, assertEquals, assertRejects } from "@std/assert";
import { openStore, type Operation, StoreError } from "../server/store/mod.ts";
import { run } from "./support/child.ts";
import { killed } from "./support/killed_board.ts";
import { add } from "./support/operations.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { board, session } from "./support/board_file.ts";

const windows = Deno.build.os === "windows";

/** Of a board's pages, in bytes. */
const PAGE = 4096;

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

/** The contents of a folder. */
function contents(folder: string): [name: string, contents: Uint8Array | string][] {
  return [...Deno.readDirSync(folder)].map(({ name, isFile, isSymlink }): [string, Uint8Array | string] => [
    name,
    isFile ? Deno.readFileSync(`${folder}/${name}`) : isSymlink ? Deno.readLinkSync(`${folder}/${name}`) : "folder",
  ]).sort(([one], [other]) => one < other ? -1 : 1);
}

/** Tells contents apart, in a few characters. */
async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
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

Deno.test("sqlite file: a damaged board is refused before its log is carried over: the two may not belong together", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db");
  await session(path, Array.from({ length: 400 }, (_, at): Operation => add(1000 + at, "a".repeat(100))));
  await killed(path, 3, () => "b");
  const bytes = Deno.readFileSync(path);
  bytes.fill(0x5a, 6 * PAGE + 8, 6 * PAGE + 58);
  Deno.writeFileSync(path, bytes);
  const log = Deno.readFileSync(`${path}-wal`);
  assert(log.length > 0);
  await assertRejects(() => openStore(`sqlite:${path}`), StoreError, "the file is damaged");
  assertEquals([...Deno.readDirSync(folder.path)].length, 3);
  for (const [file, before] of [[path, bytes], [`${path}-wal`, log]] as const) {
    assertEquals(await digestOf(Deno.readFileSync(file)), await digestOf(before), file);
  }
});

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

for (
  const [name, make] of Object.entries({
    "a folder": Deno.mkdirSync,
    "a link": (path: string) => Deno.symlinkSync("board.db", path),
  })
) {
  Deno.test({
    name: `sqlite file: a log -wal that is ${name} is refused as such, and left as it is`,
    ignore: windows,
    async fn() {
      await using folder = new TempFolder();
      const path = folder.file("board.db");
      await board(path, "");
      make(`${path}-wal`);
      const before = contents(folder.path);
      await assertRejects(() => openStore(`sqlite:${path}`), StoreError, `board.db-wal is not a file`);
      assertEquals(contents(folder.path), before);
    },
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
