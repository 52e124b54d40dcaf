import { assert, assertEquals } from "@std/assert";
import { ServeChild } from "./support/child.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { callsIn, hasStrace, traced } from "./support/strace.ts";
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
    for await (const line of callsIn(log)) {
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
    for await (const line of callsIn(log)) {
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
