import type { DatabaseSync } from "node:sqlite";
import { EscapedText } from "../../protocol/mod.ts";
import { RunTable } from "./run_table.ts";
import { StoredMessages } from "./stored_messages.ts";
import { inTransaction } from "./transaction.ts";

/** Marks a file as a Recado board in the header of SQLite's file format: "RECD". */
export const APPLICATION_ID = 0x52454344;

/** The version of the tables below; a file with a higher one was made by a newer Recado. */
export const SCHEMA_VERSION = 3;

/** Messages as they are stored ({@linkcode RunTable}), and a view of them for anyone with SQLite. */
const MESSAGES = `
  CREATE TABLE run (number INTEGER PRIMARY KEY, ids TEXT NOT NULL, texts TEXT NOT NULL) STRICT;
  CREATE TABLE gone (run INTEGER PRIMARY KEY, bits INTEGER NOT NULL) STRICT;
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
  CREATE TABLE board (highest INTEGER NOT NULL, redo INTEGER, messages INTEGER NOT NULL DEFAULT 0) STRICT;
  INSERT INTO board (highest) VALUES (0);
  COMMIT;
`;

/** How many messages are read at once: each may have a megabyte. */
const READ_SIZE = 32;

/** A transaction that carries messages over ends after this many messages, or characters in them. */
const MOST_MESSAGES = 8192, MOST_CHARACTERS = 4_194_304;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A message in a board before version 3, in a row of its own. */
interface Row {
  place: number;
  id: number;
  text: string | Uint8Array;
}

/** The version of a board's tables. */
export function versionOf(database: DatabaseSync): number {
  const [{ user_version }] = database.prepare("PRAGMA user_version").all();
  return user_version as number;
}

/**
 * Upgrades a board of an older version to this one, or goes on where that was interrupted. The messages are moved in many transactions, because in one the
 * log would grow by the whole board; an older Recado refuses the board from the first one on.
 *
 * @param database of a board
 * @throws {Error} SQLite's own; no message is lost then, and it can be tried again
 */
export function upgrade(database: DatabaseSync): void {
  const version = versionOf(database);
  if (version < SCHEMA_VERSION) {
    inTransaction(database, () => {
      // version 1 knew no redo log
      if (version === 1) database.exec("ALTER TABLE board ADD COLUMN redo INTEGER");
      database.exec(`
        ALTER TABLE board ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE message RENAME TO older_message;
        ${MESSAGES}
        PRAGMA user_version = ${SCHEMA_VERSION};
      `);
    });
  }
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'older_message'").get() === undefined) return;
  // into the file itself as well, because an older Recado looks at the file's header to see that the board is not for it
  const [{ busy, log, checkpointed }] = database.prepare("PRAGMA wal_checkpoint(FULL)").all();
  if (busy !== 0 || log !== checkpointed) throw new Error("the new version cannot be written into it");
  carryOver(database);
  inTransaction(database, () => database.exec("DROP TABLE older_message"));
}

function carryOver(database: DatabaseSync): void {
  const messages = new StoredMessages(new RunTable(database), 0);
  const read = database.prepare(
    // node:sqlite cuts a TEXT at U+0000 when it reads it, but not a BLOB
    `SELECT place, id, iif(instr(text, char(0)), CAST(text AS BLOB), text) AS text
     FROM older_message ORDER BY place LIMIT ${READ_SIZE}`,
  );
  const remove = database.prepare("DELETE FROM older_message WHERE place <= ?");
  const setBoard = database.prepare("UPDATE board SET highest = max(highest, ?), messages = ?");
  let rows: Row[];
  do {
    inTransaction(database, () => {
      const start = messages.count;
      let characters = 0;
      do {
        rows = read.all() as unknown as Row[];
        for (const row of rows) {
          const text = typeof row.text === "string" ? row.text : decoder.decode(row.text);
          if (messages.add(row.id, EscapedText.of(text)).kind !== "added") {
            throw new Error(`id ${row.id} is there twice`);
          }
          characters += text.length;
        }
        remove.run(rows.at(-1)?.place ?? 0);
      } while (
        rows.length > 0 && messages.count - start < MOST_MESSAGES && characters < MOST_CHARACTERS
      );
      messages.save();
      setBoard.run(messages.highest, messages.count);
    });
    messages.saved();
  } while (rows!.length > 0);
}
