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
  const bytes = new Uint8Array(file.statSync().size);
  let end = 0;
  for (let read; end < bytes.length && (read = file.readSync(bytes.subarray(end))) !== null;) end += read;
  file.seekSync(0, Deno.SeekMode.Start);
  try {
    for (let at = 0; at < end;) at += file.writeSync(bytes.subarray(at, end));
  } catch {
    // the caller's sync says what can be said
  }
}
