import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../server/store/mod.ts";
import { listed } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";

const CLIENTS = 20, ADDS = 50;

for (const logged of [true, false]) {
  Deno.test({
    name: `durability: of 1,000 adds each is written to the log and the log synced before its 201 is sent, ${
      logged ? "with" : "without"
    } a redo log`,
    ignore: !hasStrace || logged && !hasRedoLog,
    fn: () => assertOrder(logged),
  });
}

async function assertOrder(logged: boolean): Promise<void> {
  {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), log = folder.file("trace");
    const calls = ["openat", "pwrite64", "fsync", "fdatasync", "sendto", "sendmsg", "write", "writev"];
    const texts = new Map<string, string>();
    {
      await using server = await ServeChild.start(
        ["--store", `sqlite:${board}`],
        traced(log, { calls, size: 5000, inside: logged ? undefined : UNLOGGED }),
      );
      await Promise.all(Array.from({ length: CLIENTS }, async (_, n) => {
        using client = await RawClient.connect(server.port);
        for (let at = 0; at < ADDS; at += at % 3 + 1) {
          const some = Array.from({ length: Math.min(at % 3 + 1, ADDS - at) }, (_, more) => `text-${n}-${at + more}-`);
          await client.send(some.map((text) => `{"op":"adicionar","data":"${text}"}`).join(""));
          for (const text of some) texts.set(JSON.parse(await client.line()).data, text);
        }
      }));
      server.kill("SIGTERM");
      assertEquals((await server.ended()).code, 0);
    }
    assertEquals(texts.size, CLIENTS * ADDS);
    const written = new Set<string>(), synced = new Set<string>();
    let answered = 0, redone = 0, isRedoSynced = false;
    for await (const line of lines(log)) {
      const [, call] = line.match(/^\d+ +(\w+)\(/) ?? [];
      if (call === "openat") {
        isRedoSynced ||= line.includes('-redo"') && /O_DSYNC.*O_DIRECT/.test(line);
      } else if (call === "pwrite64" && line.includes("-redo>")) {
        const [, size, written] = line.match(/, (\d+), \d+\) += (-?\d+)/) ?? [];
        assert(isRedoSynced);
        // a write that is not the whole is none, and each is synced by itself
        if (size !== written) continue;
        for (const [text] of line.matchAll(/text-\d+-\d+-/g)) {
          synced.add(text);
          redone++;
        }
      } else if (call === "pwrite64" && line.includes("-wal>")) {
        for (const [text] of line.matchAll(/text-\d+-\d+-/g)) written.add(text);
      } else if (call?.endsWith("sync") && line.includes("-wal>") && line.endsWith("= 0")) {
        for (const text of written) synced.add(text);
        written.clear();
      } else {
        for (const [, id] of line.matchAll(/\\"status\\": 201.*?\\"data\\": \\"(\d+)\\"/g)) {
          assert(synced.has(texts.get(id)!), `id ${id} was acknowledged before it was synced`);
          answered++;
        }
      }
    }
    assertEquals(answered, CLIENTS * ADDS);
    assertEquals(redone > 0, logged);
  }
}

Deno.test({
  name: "durability: a redo log that is new is on the disk, and its name as well, before the server listens",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), log = folder.file("trace");
    {
      const calls = ["openat", "pwrite64", "fsync", "fdatasync", "write"];
      await using server = await ServeChild.start(["--store", `sqlite:${board}`], traced(log, { calls, size: 200 }));
      server.kill("SIGTERM");
      await server.ended();
    }
    const seen: string[] = [];
    for await (const line of lines(log)) {
      if (line.includes("O_CREAT") && line.includes('-redo"')) seen.push("made");
      else if (/ pwrite64\(.*-redo>/.test(line)) seen.push("written");
      else if (/ f(data)?sync\(.*-redo>/.test(line)) seen.push("synced");
      else if (/ f(data)?sync\(/.test(line) && line.includes(`<${folder.path}>`)) seen.push("folder synced");
      else if (line.includes("Listening on")) seen.push("listening");
    }
    const order = seen.slice(seen.indexOf("made")).filter((call, at, all) => call !== all[at - 1]);
    // SQLite syncs the folder with the first message, too, but does not look at how that went
    assertEquals(order.slice(0, 5), ["made", "written", "synced", "folder synced", "listening"]);
  },
});

async function* lines(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path);
  let rest = "";
  // what one thread has begun is told apart from its end when another one's call comes between
  const unfinished = new Map<string, string>();
  for await (const piece of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [thread] = line.split(" ", 1);
      if (line.endsWith(" <unfinished ...>")) {
        unfinished.set(thread, line.slice(0, -" <unfinished ...>".length));
      } else {
        yield line.replace(/^\d+ +<\.\.\. \w+ resumed>/, () => unfinished.get(thread) ?? "");
      }
    }
  }
}

const WAL_HEADER = 32, FRAME_HEADER = 24;

const CUT = "after the last sync has all that was acknowledged before, the rest whole or not at all";

Deno.test({
  name: `durability: a log of SQLite's that is cut at any frame ${CUT}`,
  ignore: Deno.build.os === "windows",
  fn: cutFrames,
});

async function cutFrames(): Promise<void> {
  await using folder = new TempFolder();
  const board = folder.file("board.db");
  const acknowledged = Array.from({ length: 20 }, (_, id) => ({ id, mensagem: `acknowledged ${id}` }));
  const later = Array.from(
    { length: 10 },
    (_, id) => ({ id: 100 + id, mensagem: `later ${id} ${"x".repeat(3000 * id)}` }),
  );
  let synced: number;
  {
    await using server = await ServeChild.start(["--store", `sqlite:${board}`], { before: UNLOGGED });
    using client = await RawClient.connect(server.port);
    const add = async ({ id, mensagem }: typeof later[number]) => {
      const line = await client.ask(JSON.stringify({ op: "adicionar", id, data: mensagem }));
      assertEquals(JSON.parse(line).status, 201);
    };
    for (const message of acknowledged) await add(message);
    synced = Deno.statSync(`${board}-wal`).size;
    for (const message of later) await add(message);
    server.kill("SIGKILL");
    await server.ended();
  }
  const wal = Deno.readFileSync(`${board}-wal`);
  const frame = FRAME_HEADER + new DataView(wal.buffer).getUint32(8);
  assertEquals((wal.length - WAL_HEADER) % frame, 0);
  assert(wal.length > synced);
  const seen = new Set<number>();
  for (let end = synced; end <= wal.length; end += frame) {
    // at the frame's end, inside of the frame behind it, and with that one torn
    for (const [cut, garbage] of [[end, 0], [end + 1000, 0], [end, frame]]) {
      const copy = folder.file("copy.db");
      Deno.copyFileSync(board, copy);
      const bytes = new Uint8Array(Math.min(cut, wal.length) + garbage).fill(0x5a);
      bytes.set(wal.subarray(0, Math.min(cut, wal.length)));
      Deno.writeFileSync(`${copy}-wal`, bytes);
      await using store = await openStore(`sqlite:${copy}`);
      const [result] = await store.apply([{ kind: "list", form: "json" }]);
      assert(result.kind === "listed");
      const messages = JSON.parse(listed(result.listing));
      assertEquals(messages, [...acknowledged, ...later].slice(0, messages.length));
      assert(messages.length >= acknowledged.length);
      seen.add(messages.length);
    }
  }
  assertEquals(seen.size, later.length + 1);
}

const BLOCK = 4096;

Deno.test({
  name: `durability: a redo log that is cut or torn at any block ${CUT}`,
  ignore: !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db");
    const messages = Array.from(
      { length: 30 },
      (_, id) => ({ id, mensagem: `message ${id} ${"x".repeat(id < 20 ? 0 : 1500 * (id - 20))}` }),
    );
    {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
      using client = await RawClient.connect(server.port);
      for (const { id, mensagem } of messages) {
        const line = await client.ask(JSON.stringify({ op: "adicionar", id, data: mensagem }));
        assertEquals(JSON.parse(line).status, 201);
      }
      server.kill("SIGKILL");
      await server.ended();
    }
    const redo = Deno.readFileSync(`${board}-redo`);
    const blocks = redo.findLastIndex((byte) => byte !== 0) / BLOCK;
    const seen = new Set<number>();
    for (let block = 25; block <= blocks + 1; block++) {
      for (const garbage of [0, 1, 0x5a]) {
        const copy = folder.file("copy.db"), bytes = redo.slice();
        // what was not written yet, what was written by half, and what the disk has made of it
        bytes.fill(garbage === 1 ? 0 : garbage, block * BLOCK + (garbage === 1 ? 100 : 0));
        for (const [end, contents] of [["-redo", bytes], ["-wal", Deno.readFileSync(`${board}-wal`)]] as const) {
          Deno.writeFileSync(copy + end, contents);
        }
        Deno.copyFileSync(board, copy);
        await using store = await openStore(`sqlite:${copy}`);
        const [result] = await store.apply([{ kind: "list", form: "json" }]);
        assert(result.kind === "listed");
        const there = JSON.parse(listed(result.listing));
        assertEquals(there, messages.slice(0, there.length));
        assert(there.length >= 20);
        seen.add(there.length);
      }
    }
    assert(seen.has(messages.length));
    assert(seen.size > 5, [...seen].join());
  },
});

/** Traces the start of a server on a board, and gives back the calls until it listens. */
async function callsOfStart(board: string, log: string): Promise<string[]> {
  const calls = ["fsync", "fdatasync", "unlink", "unlinkat", "listen"];
  await using _ = await ServeChild.start(["--store", `sqlite:${board}`], traced(log, { calls }));
  const trace: string[] = [];
  for await (const line of lines(log)) {
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
    "durability: a start whose first sync fails is refused, for the next would say that all is well, and the redo log stays",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), calls = ["fsync", "fdatasync"], paths = [`${board}-wal`];
    await stopTampered(folder, `signal=KILL:when=${LAST}`, paths);
    const redo = Deno.readFileSync(`${board}-redo`);
    const options = traced(folder.file("start"), { calls, paths, inject: "error=EIO:when=1" });
    await assertRejects(
      () => ServeChild.start(["--store", `sqlite:${board}`], options),
      Error,
      `serve ended with 71: Error: Cannot open the board`,
    );
    assertEquals(Deno.readFileSync(`${board}-redo`), redo);
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
    for await (const line of lines(log)) calls.push(line);
    const removed = calls.findIndex((call) => /unlink.*-redo"/.test(call));
    const written = calls.findIndex((call) => / write\(.*-wal>/.test(call) && !call.includes("= -1"));
    // before any of it is copied into the board: a copy that a power cut tears is mended from the log
    const copied = calls.findIndex((call) => / pwrite64\(.*board\.db>/.test(call));
    assert(written >= 0 && written < copied && copied < removed, calls.join("\n"));
    assert(calls.slice(written, copied).some((call) => hasSynced(call, "-wal")));
  },
});
