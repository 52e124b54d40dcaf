/** How many bytes of a log are in memory at once. */
const PIECE = 1_048_576;

/**
 * Opens the log that SQLite has beside a board.
 *
 * @param path of the board, or of a link to it
 * @throws {Error} Deno's own
 */
export function openLog(path: string): Deno.FsFile {
  return Deno.openSync(`${Deno.realPathSync(path)}-wal`, { read: true, write: true });
}

/**
 * Checks that the log, if there is one, is a file that may be read and written. SQLite would only say that the board cannot be opened, or that it may
 * not be written.
 *
 * @param path of the board, or of a link to it
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
 * Makes durable what the log has, before any of it is copied into the board: after a power cut an incomplete copy can be read only with the log. SQLite would
 * only sync it; but after a sync that failed, as the last server's may have, the next sync may report success though nothing was written.
 *
 * @param path of the board, which no other process has open
 * @throws {Error} the system's, when it is not known to be durable
 */
export function secureLog(path: string): void {
  using log = openLog(path);
  writeAgain(log);
  log.syncSync();
}

/** Overwrites a file with its own contents, so that a sync has to write it to the disk. Most file systems need no room for that; if it fails, the file is unchanged. */
function writeAgain(file: Deno.FsFile): void {
  const piece = new Uint8Array(PIECE);
  for (let read, start = 0; (read = file.readSync(piece)) !== null; start += read) {
    file.seekSync(start, Deno.SeekMode.Start);
    try {
      for (let at = 0; at < read;) at += file.writeSync(piece.subarray(at, read));
    } catch {
      return; // the caller's sync reports what can be known
    }
  }
}
