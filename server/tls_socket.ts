import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Socket } from "./socket.ts";

/** The modules that TLS needs; loaded late, like every `node:` module (docs/decisions.md). */
export interface TlsModules {
  /** Of `node:tls`. */
  TLSSocket: typeof import("node:tls").TLSSocket;
  /** Of `node:stream`. */
  Duplex: typeof import("node:stream").Duplex;
}

/** How many bytes are read from a client at once; a TLS record has up to 16 KiB, but most are short. */
const BUFFER_SIZE = 4096;

/** How many bytes are encrypted at once, one record: the layers below hold copies of it until the client has room for it. */
const LARGEST_WRITE = 16_384;

/**
 * The server's side of TLS over a socket of our own. `Deno.listenTls` keeps its sockets to itself, and one whose handshake is not finished stays
 * open after its `close()` for as long as the client likes.
 */
export class TlsSocket implements Socket {
  /** See {@linkcode Socket}. */
  readonly hasLastWord = true;
  /** Where the client is. */
  readonly remoteAddr: Deno.Addr;
  readonly #conn: Deno.Conn;
  readonly #tls: TLSSocket;
  readonly #transport: Duplex;
  #secure = false;
  #ended = false;
  #finished = false;
  #closed = false;
  #failure: Error | undefined;
  /** Decrypted bytes that did not fit into the reader's buffer. */
  #held: Uint8Array | null = null;
  #changed = Promise.withResolvers<void>();
  /** The last write of encrypted bytes. */
  #sent = Promise.resolve();

  /**
   * Begins the handshake.
   *
   * @param conn the client's socket, owned from now on
   * @param first what has been read from it
   * @param context certificate and key
   */
  constructor(conn: Deno.Conn, first: Uint8Array, context: SecureContext, { TLSSocket, Duplex }: TlsModules) {
    this.remoteAddr = conn.remoteAddr;
    this.#conn = conn;
    // node:tls decrypts whatever comes, read or not: it is given more only when what it holds has been read
    const hasRoom = () => this.#until(() => this.#tls.readableLength < BUFFER_SIZE);
    const send = (bytes: Uint8Array) => this.#sent = writeAll(conn, bytes);
    this.#transport = transportOver(conn, first, hasRoom, send, Duplex);
    this.#tls = new TLSSocket(this.#transport, { isServer: true, secureContext: context });
    const fail = (error: Error) => this.#change(() => this.#failure ??= disconnect(error.message, error));
    this.#transport.on("error", fail);
    // after the handshake Deno reports bytes that are not TLS by this event alone
    this.#tls.on("error", fail).on("_tlsError", fail)
      .on("secure", () => this.#change(() => this.#secure = true))
      .on("readable", () => this.#change())
      .on("end", () => this.#change(() => this.#ended = true))
      .on("finish", () => this.#change(() => this.#finished = true))
      .on("close", () => this.#change(() => this.#failure ??= disconnect("Client has gone")));
  }

  /**
   * Waits for the end of the handshake.
   *
   * @throws {Deno.errors.ConnectionAborted} when it fails, or the client goes
   */
  async handshake(): Promise<void> {
    await this.#until(() => this.#secure || this.#ended);
    if (!this.#secure) throw disconnect("Client has gone");
  }

  /** See `Deno.Conn`; every failure is a `ConnectionAborted`. */
  async read(buffer: Uint8Array): Promise<number | null> {
    let length: number | null = null;
    await this.#until(() => (length = this.#take(buffer)) !== null || this.#ended);
    return length;
  }

  /** See `Deno.Conn`. Writes 16 KiB at most, and resolves once the socket has taken them, so that no more is held encrypted for a client that does not read. */
  async write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, LARGEST_WRITE);
    let written = false;
    this.#tls.write(part, (error) => this.#change(() => written = !error));
    await this.#until(() => written);
    return part.length;
  }

  /** See `Deno.Conn`; resolves once `close_notify` has left, which `close` would take back. */
  async closeWrite(): Promise<void> {
    this.#tls.end();
    await this.#until(() => this.#finished);
    await this.#sent; // node:tls does not wait for it
  }

  /** Closes the socket at once, whatever the client does. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#change(() => this.#failure ??= disconnect("Connection was closed"));
    this.#tls.destroy();
    this.#transport.destroy();
    this.#conn.close();
  }

  /** Moves decrypted bytes into a buffer, as many as fit; null when there are none. */
  #take(buffer: Uint8Array): number | null {
    this.#held ??= this.#tls.read();
    if (this.#held === null) return null;
    const taken = this.#held.subarray(0, buffer.length);
    buffer.set(taken);
    this.#held = taken.length < this.#held.length ? this.#held.subarray(taken.length) : null;
    this.#change();
    return taken.length;
  }

  async #until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#changed.promise;
    }
  }

  #change(change: () => void = () => {}): void {
    change();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function disconnect(message: string, cause?: Error): Error {
  return new Deno.errors.ConnectionAborted(message, { cause });
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/**
 * The socket as the stream that `node:tls` asks for; it reads once at a time. Destroying it does not close the socket: `node:tls` destroys it as soon as it has
 * handed over its last bytes, which must leave first.
 *
 * @param first what has been read already
 * @param hasRoom waits until more may be read
 * @param send writes all of it
 */
function transportOver(
  conn: Deno.Conn,
  first: Uint8Array,
  hasRoom: () => Promise<void>,
  send: (bytes: Uint8Array) => Promise<void>,
  Duplex: TlsModules["Duplex"],
): Duplex {
  let begun = false;
  async function read(): Promise<Uint8Array | null> {
    if (!begun) {
      begun = true;
      return first;
    }
    await hasRoom();
    const buffer = new Uint8Array(BUFFER_SIZE);
    const length = await conn.read(buffer);
    return length === null ? null : buffer.subarray(0, length);
  }
  return new Duplex({
    read() {
      read().then((bytes) => this.push(bytes), (error) => this.destroy(error));
    },
    write(bytes, _encoding, done) {
      send(bytes).then(() => done(), done);
    },
    final(done) {
      conn.closeWrite().then(() => done(), done);
    },
  });
}
