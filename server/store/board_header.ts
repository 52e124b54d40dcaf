import { APPLICATION_ID, SCHEMA_VERSION } from "./board_schema.ts";
import { StoreError } from "./errors.ts";

/**
 * The files that this process has open as boards, by their {@linkcode fileKey}. A process loses its POSIX locks on a file when it closes any descriptor of it,
 * so reading the header of an open board again would let other processes in.
 */
export const openFiles = new Set<string>();

/** Identifies a file by device and inode; `undefined` on systems whose files have no inodes, where locks are not lost either. */
export function fileKey({ dev, ino }: Deno.FileInfo): string | undefined {
  return ino === null ? undefined : `${dev}:${ino}`;
}

/**
 * The first bytes of a file that may be a board, 100 at most, read before SQLite opens it: SQLite would take an empty file for a new database. It also syncs the
 * file, all of which is durable then.
 *
 * @param path the file
 * @returns `undefined` when there is no file
 * @throws {Error} Deno's own, or when it is not a file, or is open as a board
 */
export function readHeader(path: string): Uint8Array | undefined {
  try {
    // opening a pipe would wait for its other end for ever
    const info = Deno.statSync(path), key = fileKey(info);
    if (!info.isFile) throw new Error("it is not a file");
    if (key !== undefined && openFiles.has(key)) throw new Error("another server has it open");
    // for writing, too, because SQLite would report a missing permission as a disk I/O error
    using file = Deno.openSync(path, { read: true, write: true });
    file.syncSync(); // it may be a copy that is only in the system's cache, and SQLite's log is of no use without it
    const header = new Uint8Array(100);
    return header.subarray(0, file.readSync(header) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Checks that a file is a board that this version knows.
 *
 * @param path the file, for the error
 * @param header its first bytes, from {@linkcode readHeader}
 * @throws {StoreError} when it is not
 */
export function checkHeader(path: string, header: Uint8Array): void {
  const refuse = (why: string) => new StoreError(`Cannot open the board ${JSON.stringify(path)}: the file ${why}`);
  if (header.length === 0) throw refuse("is empty; if no board was ever in it, remove it");
  if (header.length < 100 || !new TextDecoder().decode(header).startsWith("SQLite format 3\0")) {
    throw refuse("is not an SQLite database");
  }
  const fields = new DataView(header.buffer);
  if (fields.getUint32(68) !== APPLICATION_ID) throw refuse("is a database of another program");
  const version = fields.getUint32(60);
  if (version < 1 || version > SCHEMA_VERSION) {
    throw refuse(`has schema version ${version}, and this Recado knows ${SCHEMA_VERSION}`);
  }
}
