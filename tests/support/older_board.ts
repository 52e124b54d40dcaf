import { DatabaseSync } from "node:sqlite";

/** What boards were before version 3: a row for each message. */
const TABLES: Record<1 | 2, string> = {
  1: "CREATE TABLE board (highest INTEGER NOT NULL) STRICT",
  2: "CREATE TABLE board (highest INTEGER NOT NULL, redo INTEGER) STRICT",
};

/**
 * Makes a board as an older Recado has left it.
 *
 * @param path where
 * @param version of its tables
 * @param messages in order; places are left out between them, as deleted messages leave them
 * @param highest what the file says of it; of the rest the ids were witness
 */
export function makeOlderBoard(
  path: string,
  version: 1 | 2,
  messages: readonly { id: number; mensagem: string }[],
  highest = 0,
): void {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA page_size = 1024;
    PRAGMA application_id = 0x52454344;
    PRAGMA user_version = ${version};
    CREATE TABLE message (place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
    ${TABLES[version]};
    INSERT INTO board (highest) VALUES (${highest});
    BEGIN;
  `);
  const add = database.prepare("INSERT INTO message VALUES (?, ?, ?)");
  let place = 0;
  for (const { id, mensagem } of messages) add.run(place += 1 + place % 3, id, mensagem);
  database.exec("COMMIT");
  database.close();
}
