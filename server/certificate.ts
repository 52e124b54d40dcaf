import type { SecureContext } from "node:tls";
import { systemReason } from "../cli/mod.ts";
import { ServeError } from "./errors.ts";
import { type TlsModules, TlsSocket } from "./tls_socket.ts";

/** The first byte of every TLS connection: a handshake record. */
const HANDSHAKE = 0x16;

interface Modules extends TlsModules {
  createSecureContext: typeof import("node:tls").createSecureContext;
}

/** A server's certificate and its key, from files that can be read again. */
export class Certificate {
  readonly #files: { cert: string; key: string };
  readonly #modules: Modules;
  #context: SecureContext;

  private constructor(files: { cert: string; key: string }, modules: Modules, context: SecureContext) {
    this.#files = files;
    this.#modules = modules;
    this.#context = context;
  }

  /**
   * Reads it.
   *
   * @param cert path of a file of PEM: the certificate, and those between it and its authority
   * @param key path of a file of PEM
   * @throws {ServeError} when a file cannot be read or used, the two do not belong together, or this Deno cannot serve TLS
   */
  static async load(cert: string, key: string): Promise<Certificate> {
    const [major, minor] = Deno.version.deno.split(".").map(Number);
    // older versions have the server's side of node:tls only for its own sockets, and not over a stream of ours
    if (major === 2 && minor < 9) {
      throw new ServeError(`Cannot serve TLS on Deno ${Deno.version.deno}: it takes 2.9 or newer`);
    }
    const [{ TLSSocket, createSecureContext }, { Duplex }] = await Promise.all([
      import("node:tls"),
      import("node:stream"),
    ]);
    const files = { cert, key };
    return new Certificate(
      files,
      { TLSSocket, Duplex, createSecureContext },
      await readContext(files, createSecureContext),
    );
  }

  /**
   * Reads the files again: new handshakes use what is in them.
   *
   * @throws {ServeError} as {@linkcode load}; the old certificate then stays in use
   */
  async reload(): Promise<void> {
    this.#context = await readContext(this.#files, this.#modules.createSecureContext);
  }

  /**
   * Begins TLS with a client.
   *
   * @param conn the client's socket, which the result owns
   * @param first what has been read from it
   * @returns `undefined` when the client does not speak TLS; the socket is then untouched
   */
  secure(conn: Deno.Conn, first: Uint8Array): TlsSocket | undefined {
    return first[0] === HANDSHAKE ? new TlsSocket(conn, first, this.#context, this.#modules) : undefined;
  }
}

async function readContext(
  files: { cert: string; key: string },
  create: Modules["createSecureContext"],
): Promise<SecureContext> {
  const [cert, key] = await Promise.all([read("certificate", files.cert), read("key", files.key)]);
  try {
    // node:tls checks them only in a handshake; this checks them at once and, unlike Deno.listenTls, opens no port
    Deno.createHttpClient({ cert, key }).close();
  } catch (cause) {
    const why = (cause as Error).message;
    throw new ServeError(
      `Cannot use the certificate ${JSON.stringify(files.cert)} with the key ${JSON.stringify(files.key)}: ${why}`,
      { cause },
    );
  }
  return create({ cert, key });
}

async function read(what: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new ServeError(`Cannot read the ${what} ${JSON.stringify(path)}: ${systemReason(cause)}`, { cause });
  }
}
