import { assert, assertEquals, assertGreater } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ServeChild } from "./support/child.ts";
import { addAndDelete, Ledger } from "./support/ledger.ts";
import { seed, sized } from "./support/long.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { Random } from "./support/random.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { sleep, within } from "./support/wait.ts";

const CLIENTS = 50;

/** What takes longer hangs, whatever else the machine is at, in milliseconds. */
const HANGS = 120_000;

/** Starts 50 clients that add and delete until the server is gone. */
async function load(port: number, ledger: Ledger, round: number): Promise<void> {
  await Promise.all(Array.from({ length: CLIENTS }, async (_, n) => {
    using client = await RawClient.connect(port);
    await addAndDelete(client, ledger, (round * CLIENTS + n) * 1e6);
  }));
}

/** The store's own check of its file; of a copy, for it would carry over the log that the next server is to carry over. */
async function assertSound(path: string): Promise<void> {
  await using folder = new TempFolder();
  for (const end of ["", "-wal"]) await Deno.copyFile(path + end, folder.file(`copy${end}`)).catch(() => {});
  const database = new DatabaseSync(folder.file("copy"));
  try {
    assertEquals(database.prepare("PRAGMA integrity_check").all().map((row) => ({ ...row })), [{
      integrity_check: "ok",
    }]);
  } finally {
    database.close();
  }
}

Deno.test("durability: what was acknowledged before a kill -9 is there after it, and once", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board.db"), store = ["--store", `sqlite:${path}`];
  const random = new Random(seed("kill -9")), ledger = new Ledger();
  for (let round = 0; round < sized(20, 100); round++) {
    {
      await using server = await within(HANGS, "a restart", ServeChild.start(store));
      await within(HANGS, "an answer", exchange(server.port, '{"op":"deletar","id":-1}'));
      await within(HANGS, "an audit", ledger.audit(server.port));
      const loaded = load(server.port, ledger, round);
      await sleep(50 + random.below(sized(300, 1950)));
      server.kill("SIGKILL");
      await loaded;
    }
    await assertSound(path);
  }
  await using server = await ServeChild.start(store);
  await ledger.audit(server.port);
  assertGreater(ledger.acknowledged, 1000);
});

Deno.test({
  name: "durability: SIGTERM under load, again and again: what is in flight is answered, exit 0, and nothing is lost",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), store = ["--store", `sqlite:${path}`];
    const random = new Random(seed("SIGTERM")), ledger = new Ledger();
    for (let round = 0; round < sized(10, 100); round++) {
      await using server = await ServeChild.start(store);
      await ledger.audit(server.port);
      const loaded = load(server.port, ledger, round);
      await sleep(50 + random.below(200));
      server.kill("SIGTERM");
      const { code, stderr } = await within(HANGS, "the end", server.ended());
      await loaded;
      assertEquals(code, 0);
      assert(!stderr.includes("Error"), stderr);
    }
    await assertSound(path);
    await using server = await ServeChild.start(store);
    await ledger.audit(server.port);
  },
});
