import { responseLine, Status } from "../protocol/mod.ts";
import { formatAddress } from "./address.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { Timed } from "./deadlines.ts";
import type { Log } from "./log/mod.ts";
import { isDisconnect, type Socket } from "./socket.ts";

/**
 * How long the client has to read the last line, in milliseconds: to close at once, with bytes of its own not yet read, would reset the
 * connection, and the line could be lost.
 */
export const LINGER = 1000;

/** Why clients are let go when the server ends. */
export const SHUTTING_DOWN = "Server is shutting down";

const encoder = new TextEncoder();

/**
 * Tells the client 505, as the last line, and the log; then closes the sending side.
 *
 * @param conn the client's socket, which stays open for reading
 * @param log told the reason, too
 * @param reason why the client is let go, in one line
 * @param sample the beginning of what could not be read, masked
 * @throws {Error} the socket's own
 */
export async function sayFarewell(conn: Socket, log: Log, reason: string, sample?: string): Promise<void> {
  // when the server ends, nothing is wrong with its clients
  const level = reason === SHUTTING_DOWN ? "debug" : "warn";
  log.refused(Status.Closed, reason, { level, client: formatAddress(conn.remoteAddr), sample });
  const line = encoder.encode(responseLine(Status.Closed, reason));
  for (let at = 0; at < line.length;) at += await conn.write(line.subarray(at));
  await conn.closeWrite();
}

/**
 * Throws away what the client still sends, until it closes its side or the socket is closed.
 *
 * @param conn the client's socket
 * @throws {Error} the socket's own
 */
export async function discard(conn: Socket): Promise<void> {
  const buffer = new Uint8Array(16_384);
  while (await conn.read(buffer) !== null);
}

/** One client that is let go without having been served. */
export class Farewell implements Timed {
  /** See {@linkcode Timed}. */
  deadline = Infinity;
  readonly #conn: Socket;
  readonly #context: ConnectionContext;
  #closed = false;

  /**
   * @param conn the client's socket, owned from now on
   * @param context what it shares with the other connections of its server
   */
  constructor(conn: Socket, context: ConnectionContext) {
    this.#conn = conn;
    this.#context = context;
  }

  /**
   * Tells the client why, and closes; never rejects.
   *
   * @param reason why, in one line
   * @param linger whether the client is given time to read it; without, the line may be lost if it has sent something
   */
  async run(reason: string, linger: boolean): Promise<void> {
    const { deadlines, log } = this.#context;
    deadlines.add(this);
    this.deadline = deadlines.after(LINGER);
    try {
      await sayFarewell(this.#conn, log, reason);
      if (linger) await discard(this.#conn);
    } catch (error) {
      if (!this.#closed && !isDisconnect(error)) log.error(`Connection failed: ${(error as Error).stack ?? error}`);
    } finally {
      this.abort();
    }
  }

  /** Closes at once. */
  abort(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.deadlines.delete(this);
    this.#conn.close();
  }

  /** See {@linkcode Timed}. */
  expire(): void {
    this.abort();
  }
}
