/** How much of a log is in memory at once, in bytes. */
const PIECE = 1_048_576;

/**
 * Opens the log that SQLite has beside a board.
 *
 * @param path of the board, also by a link
 * @throws {Error} Deno's own
 */
export function openLog(path: string): Deno.FsFile {
  return Deno.openSync(`${Deno.realPathSync(path)}-wal`, { read: true, write: true });
}

/**
 * Checks that the log, if there is one, is a file that may be read and written. SQLite would say of it only that the board cannot be opened, or that it may
 * not be written.
 *
 * @param path of the board, also by a link
 * @throws {Error} when it is not
 */
export function checkLog(path: string): void {
  const log = `${Deno.realPathSync(path)}-wal`;
  try {
    if (!Deno.lstatSync(log).isFile) throw new Error(`its log ${log} is not a file`);
    openLog(path).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Makes durable what the log has, before any of it is copied into the board: what a power cut leaves of the copy can be read with the log alone. SQLite would
 * only sync it; and of what a sync has failed for once, as the last server's may have, the next one may say that all is well.
 *
 * @param path of the board, which no other process has open
 * @throws {Error} the system's, when it is not known to be durable
 */
export function secureLog(path: string): void {
  using log = openLog(path);
  writeAgain(log);
  log.syncSync();
}

/** Writes what a file has over itself, so that a sync of it has to write it to the disk. It takes no room on most file systems; where there is none, it stays as it is. */
function writeAgain(file: Deno.FsFile): void {
  const piece = new Uint8Array(PIECE);
  for (let read, start = 0; (read = file.readSync(piece)) !== null; start += read) {
    file.seekSync(start, Deno.SeekMode.Start);
    try {
      for (let at = 0; at < read;) at += file.writeSync(piece.subarray(at, read));
    } catch {
      return; // the caller's sync says what can be said
    }
  }
}
