import type { DatabaseSync } from "node:sqlite";

/**
 * Makes changes of a database together, or none of them.
 *
 * @param database no transaction is open in it
 * @param change makes them
 * @throws {Error} what `change` throws, or SQLite's own when they cannot be committed; nothing is changed then
 */
export function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    change();
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch (error) {
    // after some errors SQLite has rolled back by itself
    if (!(error as Error).message.includes("no transaction is active")) throw error;
  }
}
