import { assert, assertEquals, assertGreater } from "@std/assert";
import { readListing } from "../protocol/mod.ts";
import { ServeChild } from "./support/child.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { Random } from "./support/random.ts";
import { TempFolder } from "./support/temp_folder.ts";

const ROUNDS = 5, CLIENTS = 8;

/** What clients were told: the texts of acknowledged adds by their ids, and ids whose delete was acknowledged or not answered. */
interface Known {
  added: Map<number, string>;
  deleted: Set<number>;
  unknown: Set<number>;
}

/** Adds, and deletes every fourth of what it added, until the server is gone. */
async function client(port: number, first: number, known: Known, acknowledged: () => void): Promise<void> {
  using socket = await RawClient.connect(port);
  for (let id = first;; id++) {
    const text = `message ${id}`;
    if (!await status(socket, { op: "adicionar", id, data: text }, 201)) return;
    known.added.set(id, text);
    acknowledged();
    if (id % 4 > 0) continue;
    known.unknown.add(id);
    if (!await status(socket, { op: "deletar", id }, 202)) return;
    known.deleted.add(id);
    acknowledged();
  }
}

/** Whether the answer has come; it must then be this one. */
async function status(socket: RawClient, request: unknown, expected: number): Promise<boolean> {
  let line: string;
  try {
    line = await socket.ask(JSON.stringify(request));
  } catch {
    return false; // reset: the server was killed
  }
  if (!line.endsWith("\n")) return false;
  assertEquals(JSON.parse(line).status, expected);
  return true;
}

Deno.test("sqlite kill: what was acknowledged before a kill -9 is there after it, once", async () => {
  await using folder = new TempFolder();
  const url = `sqlite:${folder.file("board.db")}`;
  const random = new Random(9);
  const known: Known = { added: new Map(), deleted: new Set(), unknown: new Set() };
  for (let round = 0; round < ROUNDS; round++) {
    {
      await using server = await ServeChild.start(["--store", url]);
      let left = 50 + random.below(1500);
      const acknowledged = () => {
        if (--left === 0) server.kill("SIGKILL");
      };
      await Promise.all(
        Array.from(
          { length: CLIENTS },
          (_, n) => client(server.port, (round * CLIENTS + n) * 1e6, known, acknowledged),
        ),
      );
      assert(left <= 0);
    }
    await using server = await ServeChild.start(["--store", url]);
    const messages = await readListing(JSON.parse(await exchange(server.port, '{"op":"mostrar","data":"json"}')).data);
    const there = new Map(messages.map(({ id, mensagem }) => [id, mensagem]));
    assertEquals(there.size, messages.length);
    for (const [id, text] of known.added) {
      if (known.deleted.has(id)) assertEquals(there.get(id), undefined);
      else if (!known.unknown.has(id) || there.has(id)) assertEquals(there.get(id), text);
    }
    for (const [id, text] of there) assertEquals(text, `message ${id}`);
    // in this many messages at most nobody was told what became of his
    assertGreater(known.added.size - known.deleted.size + (round + 1) * CLIENTS + 1, there.size);
  }
});
