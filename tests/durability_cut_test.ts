import { assert, assertEquals } from "@std/assert";
import { openStore } from "../server/store/mod.ts";
import { listed } from "./support/board_model.ts";
import { ServeChild } from "./support/child.ts";
import { RawClient } from "./support/raw_client.ts";
import { hasRedoLog, UNLOGGED } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

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
