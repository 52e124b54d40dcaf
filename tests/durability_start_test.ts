import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../server/store/mod.ts";
import { ServeChild } from "./support/child.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog } from "./support/redo.ts";
import { callsIn, hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** Traces the start of a server on a board, and gives back the calls until it listens. */
async function callsOfStart(board: string, log: string): Promise<string[]> {
  const calls = ["fsync", "fdatasync", "unlink", "unlinkat", "listen"];
  await using _ = await ServeChild.start(["--store", `sqlite:${board}`], traced(log, { calls }));
  const trace: string[] = [];
  for await (const line of callsIn(log)) {
    if (line.includes(" listen(")) return trace;
    trace.push(line);
  }
  throw new Error(`It did not listen: ${trace.join("\n")}`);
}

/** Whether a call has made a file durable. */
function hasSynced(call: string, end: string): boolean {
  return /^\d+ +(fsync|fdatasync)\(/.test(call) && call.includes(`${end}>`) && call.endsWith("= 0");
}

Deno.test({
  name: "durability: what a server that was killed had written and not synced is synced before the next one shows it",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db");
    {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
      using client = await RawClient.connect(server.port);
      for (let id = 1; id <= 3; id++) await client.ask(`{"op":"adicionar","id":${id},"data":"a"}`);
    }
    const calls = await callsOfStart(board, folder.file("trace"));
    // the log itself, and the board, into which it was copied
    for (const end of ["-redo", "-wal", "board.db"]) assert(calls.some((call) => hasSynced(call, end)), end);
  },
});

Deno.test({
  name: "durability: a board that may be a copy just made is synced before the server listens",
  ignore: !hasStrace,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), copy = folder.file("copy.db");
    await (await openStore(`sqlite:${board}`))[Symbol.asyncDispose]();
    Deno.copyFileSync(board, copy);
    const calls = await callsOfStart(copy, folder.file("trace"));
    assert(calls.some((call) => hasSynced(call, "copy.db")));
  },
});

Deno.test({
  name: "durability: a folder that cannot be synced is refused, also when a link leads to it",
  ignore: !hasStrace,
  async fn() {
    await using folder = new TempFolder();
    await using other = new TempFolder();
    const board = folder.file("board.db"), link = other.file("link.db");
    await (await openStore(`sqlite:${board}`))[Symbol.asyncDispose]();
    Deno.symlinkSync(board, link);
    for (const path of [board, link]) {
      const calls = ["fsync", "fdatasync"], inject = "error=EIO:when=1+";
      const options = traced(folder.file("trace"), { calls, paths: [folder.path], inject });
      await assertRejects(
        () => ServeChild.start(["--store", `sqlite:${path}`], options),
        Error,
        `serve ended with 71: Error: Cannot open the board "${path}"`,
      );
    }
  },
});

/** Adds three messages, of which the last two are in the redo log alone until the stop, whose syncs are tampered with. Gives back what the server said then. */
async function stopTampered(folder: TempFolder, inject: string, paths: string[]): Promise<string> {
  const options = traced(folder.file("stop"), { calls: ["fsync", "fdatasync"], paths, inject });
  await using server = await ServeChild.start(["--store", `sqlite:${folder.file("board.db")}`], options);
  using client = await RawClient.connect(server.port);
  for (let id = 1; id <= 3; id++) {
    assertEquals(JSON.parse(await client.ask(`{"op":"adicionar","id":${id},"data":"a"}`)).status, 201);
  }
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  const copy = folder.file("copy.db");
  for (const end of ["", "-wal"]) Deno.copyFileSync(folder.file("board.db") + end, copy + end);
  const database = new DatabaseSync(copy);
  const state = database.prepare("SELECT messages, redo FROM board").get();
  database.close();
  assertEquals({ ...state }, { messages: 3, redo: null }); // it has written the last commit and not synced it
  return stderr;
}

/** The sync of the last commit is the fifth of SQLite's log: that is synced twice when it is opened, and twice for the first message. */
const LAST = 5;

Deno.test({
  name: "durability: the redo log stays until what a stop that was cut short has carried over is synced",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db");
    await stopTampered(folder, `signal=KILL:when=${LAST}`, [`${board}-wal`]);
    const calls = await callsOfStart(board, folder.file("start"));
    const removed = calls.findIndex((call) => call.includes("unlink") && call.includes('-redo"'));
    assert(removed >= 0);
    for (const end of ["-wal", "board.db"]) {
      assert(calls.slice(0, removed).some((call) => hasSynced(call, end)), end);
    }
  },
});

Deno.test({
  name:
    "durability: a start whose first sync fails is refused, for the next would say that all is well, and the board and its logs stay as they were",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), calls = ["fsync", "fdatasync"], paths = [`${board}-wal`];
    await stopTampered(folder, `signal=KILL:when=${LAST}`, paths);
    const contents = () => ["", "-wal", "-redo"].map((end) => Deno.readFileSync(board + end));
    const before = contents();
    const options = traced(folder.file("start"), { calls, paths, inject: "error=EIO:when=1" });
    await assertRejects(
      () => ServeChild.start(["--store", `sqlite:${board}`], options),
      Error,
      `serve ended with 71: Error: Cannot open the board`,
    );
    assertEquals(contents(), before);
    await using store = await openStore(`sqlite:${board}`);
    assertEquals(store.count(), 3);
  },
});

Deno.test({
  name:
    "durability: what a sync has failed for is written again before it is copied into the board, also where that has no room, and before the redo log goes",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db");
    const stderr = await stopTampered(folder, `error=EIO:when=${LAST}+`, [`${board}-wal`]);
    assertStringIncludes(stderr, "the log stays for the next start");
    const log = folder.file("start"), calls: string[] = [];
    const options = traced(log, {
      calls: ["write", "pwrite64", "fsync", "fdatasync", "unlink", "unlinkat"],
      paths: [board, `${board}-wal`, `${board}-redo`],
      // SQLite writes with it, and nothing else that is written at the start does
      injected: ["pwrite64"],
      inject: "error=ENOSPC:when=1+",
    });
    {
      await using _ = await ServeChild.start(["--store", `sqlite:${board}`], options);
    }
    for await (const line of callsIn(log)) calls.push(line);
    const removed = calls.findIndex((call) => /unlink.*-redo"/.test(call));
    const written = calls.findIndex((call) => / write\(.*-wal>/.test(call) && !call.includes("= -1"));
    // before any of it is copied into the board: a copy that a power cut tears is mended from the log
    const copied = calls.findIndex((call) => / pwrite64\(.*board\.db>/.test(call));
    assert(written >= 0 && written < copied && copied < removed, calls.join("\n"));
    assert(calls.slice(written, copied).some((call) => hasSynced(call, "-wal")));
  },
});
