import { assertEquals } from "@std/assert";
import { TempFolder } from "../../tests/support/temp_folder.ts";
import { secureLog } from "./sqlite_log.ts";

Deno.test("a log of SQLite's that is written again is what it was, also when it is taken in pieces", async () => {
  await using folder = new TempFolder();
  const path = folder.file("board"), bytes = new Uint8Array(2_500_000).map((_, at) => at >> 8);
  await Deno.writeFile(path, new Uint8Array(0));
  await Deno.writeFile(`${path}-wal`, bytes);
  secureLog(path);
  assertEquals(await Deno.readFile(`${path}-wal`), bytes);
});
