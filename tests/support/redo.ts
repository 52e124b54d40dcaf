import { RedoLog } from "../../server/store/redo_log.ts";
import { TempFolder } from "./temp_folder.ts";

/** Whether boards have a redo log in a {@linkcode TempFolder}: not on every system and file system. */
export const hasRedoLog: boolean = await (async () => {
  await using folder = new TempFolder();
  using log = await RedoLog.open(folder.file("log"), null);
  return log !== undefined;
})();

/**
 * Appends a text to a log.
 *
 * @returns whether there was room for it
 */
export function append(log: RedoLog, text: string): boolean {
  const { read, written } = new TextEncoder().encodeInto(text, log.text);
  return read === text.length && log.append(written);
}

/**
 * What a child is to run before, so that its boards have no redo log: no file of it may be as large. 8,000 blocks of 512 bytes are less than 4 MiB.
 */
export const UNLOGGED = "trap '' XFSZ; ulimit -f 8000";

/** A folder where no file can be written past the system's cache, for it has no other place; absent where there is none. */
const MEMORY: string | undefined = (() => {
  try {
    return Deno.statSync("/dev/shm").isDirectory ? "/dev/shm" : undefined;
  } catch {
    return undefined;
  }
})();

/** What a test is called by, where its board is, and whether it can be had here: one with a redo log, and one without. */
export const BOARDS = [
  { kind: "with a redo log", parent: undefined, ignore: !hasRedoLog },
  { kind: "without a redo log", parent: hasRedoLog ? MEMORY : undefined, ignore: hasRedoLog && MEMORY === undefined },
] as const;
