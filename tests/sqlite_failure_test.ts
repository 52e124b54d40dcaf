import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { serve } from "../server/mod.ts";
import { openStore, StoreError } from "../server/store/mod.ts";
import type { Operation, Result, Store } from "../server/store/mod.ts";
import { outcome } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { add } from "./support/operations.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { BOARDS } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

const LIST: Operation = { kind: "list", form: "json" };

/** Ways in which SQLite itself may end a statement that fails, and with it the transaction or not. */
const WAYS = ["ABORT", "FAIL", "ROLLBACK"];

/** Boards for which each group is a commit of the engine's. */
const { parent, ignore } = BOARDS[1];

/** Makes a board with a message that its engine cannot delete, and whose engine fails when it is to take a message with the text `fail`. */
async function failing(path: string, way: string): Promise<void> {
  {
    await using store = await openStore(`sqlite:${path}`);
    await store.apply([add(1, "fail"), add(9, "stays")]);
  }
  const database = new DatabaseSync(path);
  for (const [table, when] of [["run", `NEW.texts LIKE '%"fail"%'`], ["gone", "NEW.bits & 1"]]) {
    database.exec(`CREATE TRIGGER fail_${table} BEFORE INSERT ON ${table} WHEN ${when}
      BEGIN SELECT RAISE(${way}, 'no room'); END`);
  }
  database.close();
}

const kinds = async (store: Store, batch: Operation[]) => (await store.apply(batch)).map(({ kind }) => kind);
const STAYS = '[{"id":1,"mensagem":"fail"},{"id":9,"mensagem":"stays"}]';

for (const way of WAYS) {
  Deno.test(
    `sqlite failure: none of the group is on the board when the engine fails with ${way}`,
    { ignore },
    async () => {
      await using folder = new TempFolder(parent);
      const path = folder.file("board.db");
      await failing(path, way);
      await using store = await openStore(`sqlite:${path}`);
      for (const listedBefore of [false, true]) {
        if (listedBefore) assertEquals((await store.apply([LIST])).map(outcome), [{ kind: "listed", data: STAYS }]);
        const results = await Promise.all([
          kinds(store, [add(2, "a"), { kind: "delete", id: 9 }]),
          store.apply([LIST, add(3, "fail"), LIST]),
          kinds(store, [add(undefined, "b")]),
          store.apply([LIST]),
        ]);
        assertEquals(results[0], ["failed", "failed"]);
        assertEquals(results[1][1].kind, "failed");
        assertEquals([...results[1], ...results[3]].filter(({ kind }) => kind === "listed").map(outcome), [
          { kind: "listed", data: STAYS },
          { kind: "listed", data: STAYS },
          { kind: "listed", data: STAYS },
        ]);
        assertEquals(results[2], ["failed"]);
        assertEquals(store.count(), 2);
        assertEquals(await kinds(store, [{ kind: "delete", id: 1 }]), ["failed"]);
        const picked = await store.apply([add(undefined, "works again")]);
        assertEquals(picked, [{ kind: "added", id: listedBefore ? 11 : 10 }]);
        const { id } = picked[0] as { id: number };
        assertEquals(await kinds(store, [{ kind: "delete", id }, LIST]), ["deleted", "listed"]);
      }
    },
  );
}

Deno.test("sqlite failure: the listings of a group that fails are kept for nobody", { ignore }, async () => {
  await using folder = new TempFolder(parent);
  const path = folder.file("board.db");
  await failing(path, "ABORT");
  await using store = await openStore(`sqlite:${path}`);
  assertEquals(await kinds(store, [add(2, "a".repeat(10_000_000))]), ["added"]);
  const listings = (results: Result[]) => results.flatMap((result) => result.kind === "listed" ? [result.listing] : []);
  let takenBack = 0;
  // of one who reads slowly, and came first
  const [slow] = listings(await store.apply([LIST]));
  slow.whenTakenBack(() => takenBack++);
  // 10 MB each, where 134 are kept
  for (let id = 20; id < 36; id++) {
    const results = await store.apply([LIST, add(id, "fail"), LIST]);
    assertEquals(results.map(({ kind }) => kind), ["listed", "failed", "listed"]);
    for (const listing of listings(results)) listing[Symbol.dispose]();
  }
  assertEquals(takenBack, 0);
  slow[Symbol.dispose]();
});

Deno.test("sqlite failure: adicionar gets 401 and deletar 403, with --explain the reason, and listing works", {
  ignore,
}, async () => {
  await using folder = new TempFolder(parent);
  const path = folder.file("board.db");
  await failing(path, "ABORT");
  await using server = await startServer({ store: `sqlite:${path}`, explain: true });
  using client = await RawClient.connect(server.port);
  const reason = `Cannot write sqlite:${path}: no room`;
  assertEquals(
    await client.ask('{"op":"adicionar","id":2,"data":"fail"}'),
    `{"status": 401, "message": "Não foi possível adicionar a mensagem", "data": ${JSON.stringify(reason)}}\n`,
  );
  assertEquals(
    await client.ask('{"op":"deletar","id":1}'),
    `{"status": 403, "message": "Não foi possível deletar a mensagem", "data": ${JSON.stringify(reason)}}\n`,
  );
  assertEquals(JSON.parse(await client.ask('{"op":"mostrar","data":"json"}')).data, STAYS);
  assertEquals(server.log.refused, [[401, reason], [403, reason]]);
});

Deno.test({
  name: "sqlite failure: a file that may grow no further refuses what has no room, and takes what has",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = new TempFolder();
    const url = `sqlite:${folder.file("board.db")}`;
    // 1,200 blocks of 512 bytes, or of 1,024; what is over it fails, and kills no one
    const before = "trap '' XFSZ; ulimit -f 1200";
    const huge = JSON.stringify("x".repeat(700_000));
    const stream = [
      '{"op":"adicionar","id":1,"data":"small"}',
      `{"op":"adicionar","id":2,"data":${huge}}`,
      `{"op":"adicionar","id":3,"data":${huge}}`,
      '{"op":"deletar","id":1}',
      '{"op":"mostrar","data":"json"}',
    ];
    {
      await using server = await ServeChild.start(["--store", url], { before });
      const status = async (request: string) => JSON.parse(await exchange(server.port, request)).status;
      assertEquals(await status(stream[0]), 201);
      const statuses = (await exchange(server.port, stream.slice(1).join(""))).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      // how much of it stands in one transaction is the network's to say, that not all of it has room is not
      assert(statuses.slice(0, 2).some(({ status }) => status === 401), JSON.stringify(statuses.map((s) => s.status)));
      const listing: { id: number }[] = JSON.parse(statuses[3].data);
      const there = [
        ...(statuses[2].status === 202 ? [] : [1]),
        ...[2, 3].filter((_, at) => statuses[at].status === 201),
      ];
      assertEquals(listing.map(({ id }) => id), there);
      assertEquals(await status('{"op":"adicionar","id":4,"data":"small again"}'), 201);
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0);
      assertStringIncludes(stderr, "Error: Refused with 401: Cannot write sqlite:");
    }
    await using server = await ServeChild.start(["--store", url]);
    const { data } = JSON.parse(await exchange(server.port, '{"op":"mostrar","data":"json"}'));
    assertEquals(JSON.parse(data).at(-1), { id: 4, mensagem: "small again" });
  },
});

Deno.test("sqlite failure: a server does not start with --demo on a board that does not take it", async () => {
  await using folder = new TempFolder();
  const store = `sqlite:${folder.file("board.db")}`;
  await (await openStore(store))[Symbol.asyncDispose]();
  const database = new DatabaseSync(folder.file("board.db"));
  database.exec("CREATE TRIGGER fail BEFORE INSERT ON run BEGIN SELECT RAISE(FAIL, 'no room'); END");
  database.close();
  await assertRejects(() => serve({ port: 0, store, demo: true }), StoreError, "no room");
});
