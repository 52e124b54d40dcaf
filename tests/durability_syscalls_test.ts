import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { openStore } from "../server/store/mod.ts";
import { type ChildOptions, type Ended, ServeChild } from "./support/child.ts";
import { audit } from "./support/killed_board.ts";
import { Ledger } from "./support/ledger.ts";
import { sized } from "./support/long.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** What changes a file, or makes a change last. */
const WRITES = ["pwrite64", "write", "ftruncate", "linkat", "unlink"], SYNCS = ["fsync", "fdatasync"];

/** What became of a short session under `strace`. */
interface Session {
  /** `undefined` when it never listened. */
  ended: Ended | undefined;
  /** Why it never listened. */
  error: string;
  /** For each request in order its status, and whether a call was tampered with while it was in flight. */
  answers: { status: number | undefined; tampered: boolean }[];
}

/** Starts a server, adds, deletes and ends it; whatever happens to it meanwhile. */
async function session(
  board: string,
  ledger: Ledger,
  first: number,
  log: string,
  options: ChildOptions,
): Promise<Session> {
  const answers: Session["answers"] = [];
  // SQLite syncs the folder with the first message, too, and does not look at how that went: the store has done it when it opened
  const tampered = () => [...Deno.readTextFileSync(log).matchAll(/-wal>.*\(INJECTED\)/g)].length;
  try {
    await using server = await ServeChild.start(["--store", `sqlite:${board}`], options);
    using client = await RawClient.connect(server.port);
    for (const id of [1, 2, -1, 3, 4]) {
      if (id < 0 && answers[-id - 1].status !== 201) continue; // there is nothing to delete
      const before = tampered();
      const status = await (id > 0
        ? ledger.add(client, first + id, `message ${id}`.repeat(id === 3 ? 1000 : 1))
        : ledger.delete(client, first - id));
      if (status === undefined) {
        return { ended: await server.ended(), answers, error: "" };
      }
      answers.push({ status, tampered: tampered() > before });
    }
    await ledger.audit(server.port);
    client[Symbol.dispose](); // one that stays is given time to read the last line
    server.kill("SIGTERM");
    return { ended: await server.ended(), answers, error: "" };
  } catch (error) {
    return { ended: undefined, answers, error: (error as Error).message };
  }
}

/** A call that is tampered with: the n-th of its name. */
interface Point {
  call: string;
  n: number;
}

/** The calls of these names that a session makes, on a new board or on one that is there. */
async function points(names: readonly string[], old: boolean): Promise<Point[]> {
  await using folder = new TempFolder();
  const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
  if (old) await session(board, ledger, 0, log, traced(log, { calls: names, paths: files(board) }));
  const { error } = await session(board, ledger, 100, log, traced(log, { calls: names, paths: files(board) }));
  assertEquals(error, "");
  const counts = new Map<string, number>();
  return [...Deno.readTextFileSync(log).matchAll(/^\d+ +(\w+)\(/gm)].map(([, call]) => {
    const n = (counts.get(call) ?? 0) + 1;
    counts.set(call, n);
    return { call, n };
  });
}

/** The board, its logs, and their folder: `strace` follows what has to do with these. */
function files(board: string): string[] {
  return [board, `${board}-wal`, `${board}-redo`, board.replace(/\/[^/]*$/, "")];
}

/** About that many of them in CI, spread evenly; all of them in the long form. */
function some<T>(all: readonly T[], count: number): T[] {
  const step = sized(Math.max(1, Math.floor(all.length / count)), 1);
  return all.filter((_, at) => at % step === 0);
}

for (const old of [false, true]) {
  Deno.test({
    name: `durability: killed at any call that writes or syncs on ${old ? "an old" : "a new"} board, nothing is lost`,
    ignore: !hasStrace,
    async fn() {
      const all = await points([...WRITES, ...SYNCS], old);
      assertGreater(all.length, 30);
      for (const { call, n } of some(all, 7)) {
        await using folder = new TempFolder();
        const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
        if (old) await session(board, ledger, 0, log, traced(log, { calls: [call], paths: files(board) }));
        const inject = `signal=KILL:when=${n}`;
        const options = traced(log, { calls: [call], paths: files(board), inject });
        const { ended, error } = await session(board, ledger, 100, log, options);
        const killed = ended === undefined ? error.includes("serve ended with 137") : ended.code === 137;
        assert(killed, `${call} ${n} ${error}`);
        await audit(board, ledger);
      }
    },
  });
}

for (const [kind, names] of [["write", WRITES], ["sync", SYNCS]] as const) {
  for (const error of ["EIO", "ENOSPC"]) {
    Deno.test({
      name:
        `durability: a ${kind} that fails with ${error} is never acknowledged, and the server lives on or ends with a line`,
      ignore: !hasStrace,
      async fn() {
        const all = (await points(names, false)).filter(({ call }) => call === "pwrite64" || kind === "sync");
        assertGreater(all.length, 5);
        for (const { call, n } of some(all, 3)) {
          for (const when of [`${n}`, `${n}+`]) {
            await using folder = new TempFolder();
            const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
            const inject = `error=${error}:when=${when}`, told = `${call} ${inject}`;
            const options = traced(log, { calls: [call], paths: files(board), inject });
            const { ended, answers, error: failure } = await session(board, ledger, 0, log, options);
            for (const { status, tampered } of answers) {
              assert(!tampered || status === 401 || status === 403, `${told}: ${status}`);
            }
            if (ended === undefined) {
              assertMatch(failure, /^serve ended with 71: Error: [^\n]+\n$/, told);
            } else {
              assertGreater(answers.length, 3, told); // it lived on
              assert(ended.code === 0 || /^Error: [^\n]+\n/m.test(ended.stderr), `${told}: ${JSON.stringify(ended)}`);
              assert(!ended.stderr.includes("Internal error"), `${told}: ${ended.stderr}`);
            }
            await audit(board, ledger);
          }
        }
      },
    });
  }
}

for (const [lasting, long] of [[false, false], [false, true], [true, false]]) {
  Deno.test({
    name: `durability: what was refused because a sync failed${
      lasting ? ", as all do from then on," : ""
    } does not come back after a kill -9${long ? ", nor do long texts" : ""}`,
    ignore: !hasStrace,
    async fn() {
      await using folder = new TempFolder();
      const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
      // the log is synced three times when it is made, and once for each message
      const options = traced(log, {
        calls: SYNCS,
        paths: [`${board}-wal`],
        inject: `error=EIO:when=6${lasting ? "+" : ""}`,
        inside: UNLOGGED,
      });
      // with short ones there is a run that is not full, which the next commit writes again
      const text = (id: number) => `message ${id}`.padEnd(long ? 2000 : 0);
      {
        await using server = await ServeChild.start(["--store", `sqlite:${board}`], options);
        using client = await RawClient.connect(server.port);
        let id = 1;
        while (await ledger.add(client, id, text(id)) === 201) assert(++id < 10);
        assertGreater(id, 1);
        server.kill("SIGKILL");
        await server.ended();
      }
      await audit(board, ledger);
    },
  });
}

for (const lasting of [false, true]) {
  Deno.test({
    name: `durability: while the redo log cannot be written${
      lasting ? ", as it cannot from then on" : ""
    }, nothing is refused, and nothing is lost after a kill -9`,
    ignore: !hasStrace || !hasRedoLog,
    async fn() {
      await using folder = new TempFolder();
      const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
      // it is written 17 times when it is made, and once for each message but the first
      const options = traced(log, {
        calls: ["pwrite64"],
        paths: [`${board}-redo`],
        inject: `error=EIO:when=20${lasting ? "+" : ""}`,
      });
      {
        await using server = await ServeChild.start(["--store", `sqlite:${board}`], options);
        using client = await RawClient.connect(server.port);
        for (let id = 1; id < 10; id++) assertEquals(await ledger.add(client, id, `message ${id}`), 201);
        await ledger.audit(server.port);
        await server.logged(/Cannot write the redo log/);
        server.kill("SIGKILL");
        const { stderr } = await server.ended();
        assertMatch(
          stderr,
          /^Warning: Cannot write the redo log of sqlite:[^\n]*: Input\/output error [^\n]+; the database takes the change instead$/m,
        );
        assertEquals(stderr.match(/Cannot write the redo log/g)!.length, 1);
      }
      const failures = [...Deno.readTextFileSync(log).matchAll(/INJECTED/g)].length;
      assert(lasting ? failures > 1 : failures === 1);
      await audit(board, ledger);
    },
  });
}

Deno.test({
  name:
    "durability: while neither log can be written all is refused, listings show what is durable, and it is there after a kill -9",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
    // one is written when it is opened and when the first message is committed, the other when it is made and for each message that follows
    const paths = [`${board}-redo`, `${board}-wal`];
    const options = traced(log, { calls: ["pwrite64"], paths, inject: "error=EIO:when=40+" });
    const statuses: (number | undefined)[] = [];
    {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`], options);
      using client = await RawClient.connect(server.port);
      for (let id = 1; id < 40; id++) {
        statuses.push(await ledger.add(client, id, `message ${id}`));
        if (id % 4 === 0) await ledger.audit(server.port);
      }
      server.kill("SIGKILL");
      await server.ended();
    }
    const first = statuses.indexOf(401);
    assertGreater(first, 3);
    assertEquals(statuses.slice(first), statuses.slice(first).map(() => 401));
    await audit(board, ledger);
  },
});

Deno.test({
  name: "durability: what a killed server had acknowledged is listed while the disk takes no write, and stays",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
    const paths = [board, `${board}-wal`, `${board}-redo`];
    let next = 1;
    for (const full of [false, true, true]) {
      const options = full ? traced(log, { calls: ["pwrite64"], paths, inject: "error=ENOSPC:when=1+" }) : {};
      await using server = await ServeChild.start(["--store", `sqlite:${board}`], options);
      using client = await RawClient.connect(server.port);
      await ledger.audit(server.port);
      for (let id = 1; id < 5; id++) {
        assertEquals(await ledger.add(client, next++, `message ${next}`), full ? 401 : 201);
      }
      await ledger.audit(server.port);
      server.kill("SIGKILL");
      await server.ended();
    }
    await audit(board, ledger);
  },
});

Deno.test({
  name:
    "durability: a board that takes nothing while its logs do is told at the start and at the stop, and lacks nothing",
  ignore: !hasStrace || !hasRedoLog,
  async fn() {
    await using folder = new TempFolder();
    const board = folder.file("board.db"), log = folder.file("trace"), ledger = new Ledger();
    await (await openStore(`sqlite:${board}`))[Symbol.asyncDispose]();
    const full = traced(log, { calls: ["pwrite64"], paths: [board], inject: "error=ENOSPC:when=1+" });
    const why = `Cannot carry over into sqlite:${board} what its log -wal has: database or disk is full`;
    for (const isFirst of [true, false]) {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`], full);
      using client = await RawClient.connect(server.port);
      for (const id of isFirst ? [1, 2] : [3, 4]) assertEquals(await ledger.add(client, id, `message ${id}`), 201);
      await ledger.audit(server.port);
      client[Symbol.dispose]();
      server.kill("SIGTERM");
      const { stderr } = await server.ended();
      assertEquals(stderr.includes(`Warning: ${why}; the log keeps it\n`), !isFirst, stderr);
      assert(stderr.includes(`Error: ${why}; the log stays for the next start\n`), stderr);
    }
    await audit(board, ledger);
  },
});
