import type fs from "node:fs";
import { BLOCK, type Checksum, groupAt, groupsIn, sizeOf, textIn, writeHeader } from "./redo_group.ts";
import { syncFolder } from "./sync_folder.ts";

/** Of the file, in bytes. */
const SIZE = 4_194_304;
/** What is written or read at once, in bytes; a group has no more. */
const BUFFER_SIZE = 262_144;
/** Of WebAssembly's memory, in bytes. */
const PAGE = 65_536;

/** What is loaded late, for in the bundle a static import would be loaded by every command. */
interface Late {
  files: typeof fs;
  checksum: Checksum;
}

/**
 * Groups of changes in a file of their own, each on the disk when it is appended: one write past the system's cache, to where the file has room already. That
 * takes three quarters of the time of a write into the cache and its sync.
 *
 * A group belongs to a cycle, a number that only the groups since the database's last commit have. All others in the file are void.
 */
export class RedoLog implements Disposable {
  readonly #path: string;
  readonly #late: Late;
  readonly #descriptor: number;
  /** Aligned to pages, as WebAssembly's memory always is and direct writes need it. */
  readonly #buffer = new Uint8Array(new WebAssembly.Memory({ initial: BUFFER_SIZE / PAGE }).buffer);
  /** Where the text of the next group is to be put. */
  readonly text: Uint8Array = textIn(this.#buffer);
  /** Of the file, in bytes; 0 where nothing can be appended. */
  #room = 0;
  #cycle = NaN;
  #number = 0;
  #end = 0;
  #closed = false;

  private constructor(path: string, late: Late, descriptor: number) {
    this.#path = path;
    this.#late = late;
    this.#descriptor = descriptor;
  }

  /**
   * Opens the file that a killed server has left, or makes one.
   *
   * @param path where
   * @param cycle whose groups are not in the database; `null` when all are, and what is there is void
   * @param failed told why none can be made, where the system could: for want of room, say
   * @returns `undefined` where none can be made: it takes 4 MiB of room, and writes past the system's cache, which Linux with Deno 2.9 has on most file systems
   * @throws {Error} when the file of a cycle is gone, is of another size or cannot be read, or a group is damaged that has others behind it; and when
   * something else stands in its place
   */
  static async open(
    path: string,
    cycle: number | null,
    failed: (why: Error) => void = () => {},
  ): Promise<RedoLog | undefined> {
    const [{ default: files }, { crc32 }] = await Promise.all([import("node:fs"), import("node:zlib")]);
    const late = { files, checksum: crc32 };
    if (cycle !== null) return RedoLog.#find(path, late, cycle);
    removeVoid(path);
    return RedoLog.#make(path, late, failed);
  }

  static #find(path: string, late: Late, cycle: number): RedoLog {
    const { isFile, size } = statOf(path);
    if (!isFile || size !== SIZE) throw new Error(`the file ${path} is not its log`);
    const log = new RedoLog(path, late, openFile(path, late.files));
    try {
      const bytes = log.#read(SIZE), groups = groupsIn(bytes, cycle, late.checksum);
      for (let at = 0; at < bytes.length; at += BLOCK) {
        const group = groupAt(bytes.subarray(at), cycle, late.checksum);
        // the last that was begun may be torn, for it was never acknowledged; but not one that has others behind it
        if (group !== undefined && group.number >= groups.length) throw new Error(`the file ${path} is damaged`);
      }
      // the last may be written and not synced, and is shown from now on
      late.files.fsyncSync(log.#descriptor);
      log.#cycle = cycle;
      log.#number = groups.length;
      log.#end = groups.reduce((end, { size }) => end + size, 0);
      if (log.#isDirect()) log.#room = SIZE;
      return log;
    } catch (error) {
      log[Symbol.dispose]();
      throw error;
    }
  }

  static #make(path: string, late: Late, failed: (why: Error) => void): RedoLog | undefined {
    const { files } = late, { O_CREAT, O_EXCL } = files.constants, flags = directFlags(files);
    if (flags === undefined) return undefined;
    let log: RedoLog | undefined;
    try {
      log = new RedoLog(path, late, files.openSync(path, flags | O_CREAT | O_EXCL, 0o600));
      files.fchmodSync(log.#descriptor, 0o600); // a umask may have taken it from its owner, too
      log.#write(BLOCK, 0);
      if (log.#isDirect()) {
        for (let at = 0; at < SIZE; at += BUFFER_SIZE) log.#write(BUFFER_SIZE, at);
        files.fsyncSync(log.#descriptor);
        syncFolder(path);
        log.#room = SIZE;
        return log;
      }
    } catch (error) {
      // the store then works without it; a file system that does not write past the system's cache may say so at once
      if ((error as NodeJS.ErrnoException).code !== "EINVAL") failed(error as Error);
    }
    log?.[Symbol.dispose]();
    removeFile(path);
  }

  /**
   * Begins a cycle: all groups that are there are void.
   *
   * @param cycle a number that no cycle of this board has had
   */
  begin(cycle: number): void {
    this.#cycle = cycle;
    this.#number = this.#end = 0;
  }

  /**
   * Writes a group behind those of its cycle.
   *
   * @param length of what was put in {@linkcode text}, in bytes: well-formed UTF-8
   * @returns whether there was room for it; it is then on the disk
   * @throws {Error} the system's; whether it is on the disk is then not known, and the cycle must be ended
   */
  append(length: number): boolean {
    const size = sizeOf(length);
    if (size > this.#room - this.#end) return false;
    writeHeader(this.#buffer, length, { cycle: this.#cycle, number: this.#number }, this.#late.checksum);
    this.#write(size, this.#end);
    this.#end += size;
    this.#number++;
    return true;
  }

  /**
   * What was appended in this cycle, read from the disk.
   *
   * @returns the texts, in order
   * @throws {Error} when it cannot be read, or not all of it is there
   */
  texts(): string[] {
    const groups = groupsIn(this.#read(this.#end), this.#cycle, this.#late.checksum);
    if (groups.length !== this.#number) throw new Error(`the file ${this.#path} is damaged`);
    return groups.map(({ text }) => text);
  }

  /**
   * Closes and removes the file, whose groups must be void. Where it cannot be removed it stays empty; without the permission that is not tried, for Deno would
   * ask for it on a terminal.
   *
   * @throws {Error} the system's
   */
  remove(): void {
    if (this.#closed) return;
    this.#late.files.ftruncateSync(this.#descriptor);
    this[Symbol.dispose]();
    const { state } = Deno.permissions.querySync({ name: "write", path: this.#path });
    if (state !== "granted") return;
    try {
      removeFile(this.#path);
    } catch {
      // all that it had is in the database
    }
  }

  /** Closes the file, and leaves what is in it. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#room = 0; // what is appended would go to whatever file has the descriptor then
    this.#late.files.closeSync(this.#descriptor);
  }

  /** Whether writes go past the cache. Where they cannot, the file is opened all the same; but then one byte can be read of the block that it has. */
  #isDirect(): boolean {
    try {
      this.#late.files.readSync(this.#descriptor, this.#buffer, 0, 1, 0);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EINVAL") return true;
      throw error;
    }
  }

  /** So many bytes from the start, whole blocks of them, or what is there. */
  #read(size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let end = 0, read: number;
    do {
      const length = Math.min(size - end, BUFFER_SIZE);
      read = this.#late.files.readSync(this.#descriptor, this.#buffer, 0, length, end);
      bytes.set(this.#buffer.subarray(0, read), end);
      end += read;
    } while (end < size && read > 0 && end % BLOCK === 0);
    return bytes.subarray(0, end);
  }

  #write(size: number, position: number): void {
    const written = this.#late.files.writeSync(this.#descriptor, this.#buffer, 0, size, position);
    if (written !== size) throw new Error(`${written} of ${size} bytes were written`);
  }
}

/** For reading and writing past the system's cache, each write synced; `undefined` where there is no such thing. */
function directFlags({ constants: { O_DIRECT, O_DSYNC, O_RDWR } }: typeof fs): number | undefined {
  return O_DIRECT === undefined || O_DSYNC === undefined ? undefined : O_RDWR | O_DIRECT | O_DSYNC;
}

/** Opens a file that is there, past the system's cache if that can be. */
function openFile(path: string, files: typeof fs): number {
  for (const flags of [directFlags(files), files.constants.O_RDWR]) {
    try {
      if (flags !== undefined) return files.openSync(path, flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
    }
  }
  throw new Error(`cannot open the file ${path}`);
}

function statOf(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`its log ${path} is gone, and messages may be in no other place`, { cause });
  }
}

/** Removes what an earlier server has left, whole, empty or half made, but nothing else that somebody has called so. */
function removeVoid(path: string): void {
  try {
    const { isFile, size } = Deno.lstatSync(path);
    if (!isFile || size % BLOCK !== 0 || size > SIZE) throw new Error(`the file ${path} is not its log`);
    using file = Deno.openSync(path);
    const start = new Uint8Array(16);
    file.readSync(start);
    if (new TextDecoder().decode(start) === "SQLite format 3\0") throw new Error(`the file ${path} is a database`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  removeFile(path);
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
