import { assertEquals, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { EscapedText } from "../../protocol/mod.ts";
import { SCHEMA } from "./board_schema.ts";
import { RunTable } from "./run_table.ts";
import { StoredMessages } from "./stored_messages.ts";
import { roomsIn } from "../../tests/support/rooms.ts";

/** How many runs are written anew in one transaction. */
const MOST_THINNED = 2048;

/** An empty board, and how often its table was told of a run that lacks messages, or had one to write anew. */
class Board implements Disposable {
  readonly #database = new DatabaseSync(":memory:");
  readonly table: RunTable;
  messages: StoredMessages;
  told = 0;
  thinned = 0;

  constructor() {
    this.#database.exec(SCHEMA);
    this.table = new RunTable(this.#database);
    const { putGone, thin } = this.table;
    this.table.putGone = (run, gone) => {
      this.told++;
      putGone.call(this.table, run, gone);
    };
    this.table.thin = (run, gone) => {
      this.thinned++;
      thin.call(this.table, run, gone);
    };
    this.messages = new StoredMessages(this.table, 0);
  }

  /** What a commit tells the table. */
  commit(): { told: number; thinned: number } {
    this.told = this.thinned = 0;
    this.messages.mark();
    this.messages.save();
    this.messages.saved();
    return { told: this.told, thinned: this.thinned };
  }

  /** The ids on the board, as a server that begins now reads them. */
  ids(): number[] {
    const messages = new StoredMessages(this.table, 0), ids: number[] = [];
    for (let first = 0;;) {
      const some = messages.read(first);
      if (some.length === 0) return ids;
      ids.push(...some.map(({ id }) => id));
      first = some.at(-1)!.place + 1;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

Deno.test("stored messages: runs that wait to be written anew cost a commit nothing, however many they are", () => {
  using board = new Board();
  const { messages } = board, runs = 2 * MOST_THINNED + 100, text = EscapedText.of("a");
  for (let id = 0; id < 32 * runs; id++) messages.add(id, text);
  board.commit();
  for (let run = 0; run < runs; run++) for (let at = 0; at < 24; at++) messages.delete(32 * run + at);
  assertEquals(board.commit(), { told: runs, thinned: MOST_THINNED });
  // one that waits, and is not there any more
  for (let at = 24; at < 32; at++) messages.delete(32 * (runs - 1) + at);
  assertEquals(board.commit(), { told: 1, thinned: MOST_THINNED });
  // one that has been written anew may be again
  for (let at = 24; at < 31; at++) messages.delete(at);
  assertEquals(board.commit(), { told: 1, thinned: 100 });
  assertEquals(board.commit(), { told: 0, thinned: 0 });
  const left = Array.from(
    { length: runs - 1 },
    (_, run) => [24, 25, 26, 27, 28, 29, 30, 31].map((at) => 32 * run + at),
  );
  assertEquals(board.ids(), [31, ...left.slice(1).flat()]);
});

Deno.test("stored messages: runs that waited when a server ended are written anew by the next one", () => {
  using board = new Board();
  const runs = MOST_THINNED + 10, text = EscapedText.of("a");
  for (let id = 0; id < 32 * runs; id++) board.messages.add(id, text);
  board.commit();
  for (let run = 0; run < runs; run++) for (let at = 0; at < 31; at++) board.messages.delete(32 * run + at);
  assertEquals(board.commit(), { told: runs, thinned: MOST_THINNED });
  board.messages = new StoredMessages(board.table, 0);
  assertEquals(board.commit(), { told: 0, thinned: 10 });
  board.messages = new StoredMessages(board.table, 0);
  assertEquals(board.commit(), { told: 0, thinned: 0 });
  assertEquals(board.ids(), Array.from({ length: runs }, (_, run) => 32 * run + 31));
});

Deno.test("stored messages: a long text that is refused leaves the run of short ones as it was", () => {
  using board = new Board();
  const { messages } = board, long = EscapedText.of("a".repeat(2000));
  for (let id = 1; id <= 32; id++) {
    assertEquals(messages.add(id, EscapedText.of("a")), { kind: "added", id });
    assertEquals(messages.add(id, long), { kind: "taken" });
    assertEquals(messages.lastPlace, id - 1);
  }
  assertEquals(messages.add(33, long), { kind: "added", id: 33 });
  assertEquals(messages.lastPlace, 32);
});

Deno.test("stored messages: a run is full with so many bytes of its own, and not with those of the run before or of what was undone", () => {
  using board = new Board();
  const { messages } = board,
    placesOf = (count: number, size: number) =>
      Array.from({ length: count }, () => {
        messages.add(undefined, EscapedText.of("a".repeat(size)));
        return messages.lastPlace;
      });
  assertEquals(placesOf(100, 200), Array.from({ length: 100 }, (_, place) => place));
  board.commit();
  messages.mark();
  placesOf(5, 1000);
  messages.undo();
  // 800 bytes are there already
  assertEquals(placesOf(9, 1000), [100, 101, 102, 103, 104, 105, 106, 107, 128]);
});

Deno.test("stored messages: what is deleted and was undone is nothing that the table is told", () => {
  using board = new Board();
  const { messages } = board, ids = Array.from({ length: 64 }, (_, id) => id);
  for (const id of ids) messages.add(id, EscapedText.of("a"));
  board.commit();
  messages.mark();
  for (const id of [3, 40, 5]) messages.delete(id);
  messages.undo();
  assertEquals(board.commit(), { told: 0, thinned: 0 });
  messages.delete(40);
  assertEquals(board.commit(), { told: 1, thinned: 0 });
  assertEquals(board.ids(), ids.filter((id) => id !== 40));
});

Deno.test("stored messages: when few are left their ids take less room again, after a commit", () => {
  using board = new Board();
  const { messages } = board, text = EscapedText.of("a");
  const largest = Math.max(...roomsIn(() => {
    for (let id = 0; id < 10_000; id++) messages.add(id, text);
  }));
  board.commit();
  messages.mark();
  assertEquals(
    roomsIn(() => {
      for (let id = 10; id < 10_000; id++) messages.delete(id);
    }),
    [],
  );
  const [room] = roomsIn(() => board.commit());
  assertLess(room, largest);
});
