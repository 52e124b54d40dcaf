import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Socket } from "./socket.ts";

/** What the TLS of a server is made with; loaded late, as every `node:` module (docs/decisions.md). */
export interface TlsModules {
  /** Of `node:tls`. */
  TLSSocket: typeof import("node:tls").TLSSocket;
  /** Of `node:stream`. */
  Duplex: typeof import("node:stream").Duplex;
}

/** As much is read at once from a client; a TLS record has up to 16 KiB, most have little. */
const BUFFER_SIZE = 4096;

/**
 * The server's side of TLS over a socket that is our own. `Deno.listenTls` keeps its sockets to itself, and one whose handshake is not finished stays
 * open after its `close()` for as long as the client likes.
 */
export class TlsSocket implements Socket {
  /** Where the client is. */
  readonly remoteAddr: Deno.Addr;
  readonly #tls: TLSSocket;
  readonly #transport: Duplex;
  #secure = false;
  #ended = false;
  #finished = false;
  #failure: Error | undefined;
  /** What was decrypted and did not fit into the reader's buffer. */
  #held: Uint8Array | null = null;
  #changed = Promise.withResolvers<void>();

  /**
   * Begins the handshake.
   *
   * @param conn the client's socket, owned from now on
   * @param first what has been read from it
   * @param context certificate and key
   */
  constructor(conn: Deno.Conn, first: Uint8Array, context: SecureContext, { TLSSocket, Duplex }: TlsModules) {
    this.remoteAddr = conn.remoteAddr;
    this.#transport = transportOver(conn, first, Duplex);
    this.#tls = new TLSSocket(this.#transport, { isServer: true, secureContext: context });
    const fail = (error: Error) => this.#change(() => this.#failure ??= disconnect(error.message, error));
    this.#transport.on("error", fail);
    // after the handshake Deno tells what is no TLS by this event alone
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

  /** See `Deno.Conn`; all that goes wrong is a `ConnectionAborted`. */
  async read(buffer: Uint8Array): Promise<number | null> {
    await this.#until(() => (this.#held ??= this.#tls.read()) !== null || this.#ended);
    if (this.#held === null) return null;
    const taken = this.#held.subarray(0, buffer.length);
    buffer.set(taken);
    this.#held = taken.length < this.#held.length ? this.#held.subarray(taken.length) : null;
    return taken.length;
  }

  /** See `Deno.Conn`; resolves once the socket has taken all of it. */
  async write(bytes: Uint8Array): Promise<number> {
    let written = false;
    this.#tls.write(bytes, (error) => this.#change(() => written = !error));
    await this.#until(() => written);
    return bytes.length;
  }

  /** See `Deno.Conn`. */
  async closeWrite(): Promise<void> {
    this.#tls.end();
    await this.#until(() => this.#finished);
  }

  /** Closes the socket at once, whatever the client does. */
  close(): void {
    this.#change(() => this.#failure ??= disconnect("Connection was closed"));
    this.#tls.destroy();
    this.#transport.destroy();
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

/** The socket as the stream that `node:tls` asks for; one read at a time, and only when it has room for more. */
function transportOver(conn: Deno.Conn, first: Uint8Array, Duplex: TlsModules["Duplex"]): Duplex {
  let begun = false;
  async function read(): Promise<Uint8Array | null> {
    if (!begun) {
      begun = true;
      return first;
    }
    const buffer = new Uint8Array(BUFFER_SIZE);
    const length = await conn.read(buffer);
    return length === null ? null : buffer.subarray(0, length);
  }
  async function write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  }
  return new Duplex({
    read() {
      read().then((bytes) => this.push(bytes), (error) => this.destroy(error));
    },
    write(bytes, _encoding, done) {
      write(bytes).then(() => done(), done);
    },
    final(done) {
      conn.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      conn.close();
      done(error);
    },
  });
}
