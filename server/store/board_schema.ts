import type { DatabaseSync } from "node:sqlite";
import { RunTable } from "./run_table.ts";
import { StoredMessages } from "./stored_messages.ts";

/** Marks a file as a board of Recado's in the header of SQLite's file format: "RECD". */
export const APPLICATION_ID = 0x52454344;

/** The version of the tables below; a file with a higher one was made by a newer Recado. */
export const SCHEMA_VERSION = 3;

/** Messages as they are kept ({@linkcode RunTable}), and as anyone with SQLite can read them. */
const MESSAGES = `
  CREATE TABLE run (number INTEGER PRIMARY KEY, ids TEXT NOT NULL, texts TEXT NOT NULL) STRICT;
  CREATE TABLE gone (run INTEGER PRIMARY KEY, bits INTEGER NOT NULL) STRICT;
`;
const VIEW = `
  CREATE VIEW message (id, text) AS
    SELECT value, json_extract(texts, '$[' || key || ']')
    FROM run LEFT JOIN gone ON gone.run = number, json_each(ids)
    WHERE value IS NOT NULL AND NOT (coalesce(bits, 0) >> key & 1)
    ORDER BY number, key;
`;

/** What makes an empty database an empty board. */
export const SCHEMA = `
  BEGIN;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
  ${MESSAGES}
  ${VIEW}
  CREATE TABLE board (highest INTEGER NOT NULL, redo INTEGER) STRICT;
  INSERT INTO board (highest) VALUES (0);
  COMMIT;
`;

/** How many messages are carried over at once. */
const READ_SIZE = 1000;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A message as boards before version 3 had it, in a row of its own. */
interface Row {
  place: number;
  id: number;
  text: string | Uint8Array;
}

/**
 * Makes a board of an older version one of this.
 *
 * @param database of a board
 * @throws {Error} SQLite's own; nothing is changed then
 */
export function upgrade(database: DatabaseSync): void {
  const [{ user_version }] = database.prepare("PRAGMA user_version").all();
  if (user_version === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // version 1 knew no redo log
    if (user_version === 1) database.exec("ALTER TABLE board ADD COLUMN redo INTEGER");
    database.exec(MESSAGES);
    const highest = carryOver(database);
    database.exec(`DROP TABLE message; ${VIEW}`);
    database.prepare("UPDATE board SET highest = max(highest, ?)").run(highest);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
  // into the file itself, too, for what an older Recado reads to know that a board is not for it is the file's header
  const [{ busy, log, checkpointed }] = database.prepare("PRAGMA wal_checkpoint(FULL)").all();
  if (busy !== 0 || log !== checkpointed) throw new Error("the new version cannot be written into it");
}

/** @returns the highest id that is there, or 0 */
function carryOver(database: DatabaseSync): number {
  const messages = new StoredMessages(new RunTable(database), 0);
  const read = database.prepare(
    // node:sqlite cuts a TEXT at U+0000 when it reads it, but not a BLOB
    `SELECT place, id, iif(instr(text, char(0)), CAST(text AS BLOB), text) AS text
     FROM message WHERE place > ? ORDER BY place LIMIT ${READ_SIZE}`,
  );
  let rows: Row[], last = -1;
  do {
    rows = read.all(last) as unknown as Row[];
    for (const { place, id, text } of rows) {
      messages.add(id, typeof text === "string" ? text : decoder.decode(text));
      last = place;
    }
    messages.save();
    messages.saved();
  } while (rows.length === READ_SIZE);
  return messages.highest;
}
