import { systemReason } from "../cli/mod.ts";
import { ServeError } from "./errors.ts";

/** A Unix socket that is being listened on. */
export interface UnixSocket {
  /** Accepts its clients. */
  listener: Deno.Listener;
  /** Where it is. */
  path: string;
  /** Removes the file, unless another has taken its place. */
  remove(): void;
}

/** The most bytes of a path that a client can connect to, on the system that allows the fewest. */
const MAX_PATH_BYTES = 103;

/**
 * Listens on a Unix socket. Its file has its mode from the first moment: it is made in a folder that is closed to others, and then moved to its place.
 * A socket on which nobody answers any more is taken over.
 *
 * @param path where: at most {@linkcode MAX_PATH_BYTES} bytes, and its folder some 20 less, because the socket is made in a temporary folder in there
 * @param mode who may connect, as `chmod` has it
 * @throws {ServeError} when another server answers there, something else is there, or the file cannot be made
 */
export async function listenUnix(path: string, mode: number): Promise<UnixSocket> {
  try {
    if (new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
      throw new Error(`the path is longer than ${MAX_PATH_BYTES} bytes`);
    }
    await removeStale(path);
    const listener = make(path, mode);
    const { dev, ino } = Deno.lstatSync(path);
    return {
      listener,
      path,
      remove() {
        const there = lstat(path);
        if (there?.ino === ino && there.dev === dev) Deno.removeSync(path);
      },
    };
  } catch (cause) {
    const why = systemReason(cause).replace(/: tmpdir$/, " (its folder)");
    throw new ServeError(`Cannot listen on unix:${path}: ${why}`, { cause });
  }
}

function make(path: string, mode: number): Deno.Listener {
  const folder = Deno.makeTempDirSync({ dir: path.replace(/[^/]*$/, "") || ".", prefix: "." });
  try {
    const made = `${folder}/s`;
    const listener = Deno.listen({ transport: "unix", path: made });
    try {
      Deno.chmodSync(made, mode);
      Deno.linkSync(made, path); // unlike a rename it never replaces anything
      return listener;
    } catch (error) {
      listener.close();
      throw error;
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Removes the socket of a server that is gone. */
async function removeStale(path: string): Promise<void> {
  const found = lstat(path);
  if (found === undefined) return;
  if (!found.isSocket) throw new Error("something other than a socket is there");
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    // another server may have made its own meanwhile
    if (lstat(path)?.ino === found.ino) Deno.removeSync(path);
    return;
  }
  throw new Error("another server answers there");
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
