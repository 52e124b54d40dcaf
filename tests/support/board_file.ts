import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation } from "../../server/store/mod.ts";
import { outcome } from "./board_model.ts";
import { add } from "./operations.ts";

/** Opens a board, carries out operations, and closes it. */
export async function session(path: string, operations: Operation[]) {
  await using store = await openStore(`sqlite:${path}`);
  return (await store.apply(operations)).map(outcome);
}

/** Makes a board and changes it by hand. */
export async function board(path: string, sql: string): Promise<void> {
  await session(path, [add(1, "a"), add(2, "b".repeat(30_000))]);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
