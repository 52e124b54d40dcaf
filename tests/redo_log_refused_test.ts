import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, type Store, StoreError } from "../server/store/mod.ts";
import { type Outcome, outcome } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { Ledger } from "./support/ledger.ts";
import { add } from "./support/operations.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { audit } from "./support/killed_board.ts";

const ignore = !hasRedoLog;
const LIST: Operation = { kind: "list", form: "json" };

/** A board that SQLite refuses some messages of. */
async function startFailing(path: string): Promise<void> {
  await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec(`CREATE TRIGGER fail BEFORE INSERT ON run WHEN NEW.texts LIKE '%"fail"%'
    BEGIN SELECT RAISE(FAIL, 'no room'); END`);
  database.close();
}

function stopFailing(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("DROP TRIGGER fail");
  database.close();
}

async function assertNotCarriedOver(store: Store): Promise<void> {
  const why = `Cannot carry over into ${store.name} what its redo log has: no room; the log stays for the next start`;
  await assertRejects(() => store[Symbol.asyncDispose](), StoreError, why);
  await store[Symbol.asyncDispose]();
}

Deno.test({
  name: "redo log: what SQLite does not take is refused once it is more than the log is for, and nothing else is lost",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db");
    await startFailing(path);
    const there: { id: number; mensagem: string }[] = [];
    const listed: Outcome = { kind: "listed", data: "" };
    {
      const store = await openStore(`sqlite:${path}`);
      const kinds = async (...batch: Operation[]) => new Set((await store.apply(batch)).map(({ kind }) => kind));
      // the first group of a server is a commit
      assertEquals(await kinds(add(1, "fail")), new Set(["failed"]));
      for (let id = 2; id <= 40; id++) {
        const text = id === 20 ? "fail" : `message ${id}`;
        assertEquals(await kinds(add(id, text)), new Set(["added"]));
        there.push({ id, mensagem: text });
        if (id % 7 !== 0) continue;
        assertEquals(await kinds({ kind: "delete", id }), new Set(["deleted"]));
        there.pop();
      }
      const large = Array.from({ length: 300 }, (_, id) => add(1000 + id, "large"));
      assertEquals(await kinds(...large), new Set(["failed"]));
      // nobody knows which cycle a restart would find
      assertEquals(await kinds(add(41, "small")), new Set(["failed"]));
      assertEquals(await kinds({ kind: "delete", id: 2 }), new Set(["failed"]));
      listed.data = JSON.stringify(there);
      assertEquals((await store.apply([LIST])).map(outcome), [listed]);
      for (const end of ["", "-wal", "-redo"]) Deno.copyFileSync(path + end, folder.file("killed.db") + end);
      await assertNotCarriedOver(store);
    }
    for (const name of ["killed.db", "board.db"]) {
      {
        const store = await openStore(`sqlite:${folder.file(name)}`);
        assertEquals((await store.apply([LIST])).map(outcome), [listed]);
        assertEquals((await store.apply([add(41, "small")]))[0].kind, "failed");
        await assertNotCarriedOver(store);
      }
      stopFailing(folder.file(name));
      await using store = await openStore(`sqlite:${folder.file(name)}`);
      assertEquals((await store.apply([LIST, add(41, "small")])).map(outcome), [listed, { kind: "added", id: 41 }]);
    }
  },
});

Deno.test({
  name: "redo log: a server that cannot carry it over at its end says so, and the next one has all",
  ignore,
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("board.db"), ledger = new Ledger();
    await startFailing(path);
    {
      await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
      using client = await RawClient.connect(server.port);
      for (const [id, text] of [[1, "message"], [2, "fail"]] as const) {
        assertEquals(await ledger.add(client, id, text), 201);
      }
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0);
      assertStringIncludes(
        stderr,
        `Cannot carry over into sqlite:${path} what its redo log has: no room; the log stays`,
      );
    }
    stopFailing(path);
    await audit(path, ledger);
  },
});
