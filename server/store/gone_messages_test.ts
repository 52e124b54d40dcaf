import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA } from "./board_schema.ts";
import { GoneMessages } from "./gone_messages.ts";
import { RunTable } from "./run_table.ts";

Deno.test("gone messages: of a run of which nothing is left nothing is kept", () => {
  using database = new DatabaseSync(":memory:");
  database.exec(SCHEMA);
  const gone = new GoneMessages(new RunTable(database)), bits = () => [0, 1].map((run) => gone.of(run));
  // with the second message alone, and with none
  gone.put(0, [null, 7]);
  gone.put(1, [null, null]);
  assertEquals(bits(), [2 ** 32 - 3, 0]);
  gone.set(1, true);
  gone.save();
  gone.saved();
  assertEquals(bits(), [0, 0]);
});
