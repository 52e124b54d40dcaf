import {
  FrameError,
  type FrameLimits,
  Framer,
  nextCanonical,
  type Refusal,
  type Request,
  type RequestReader,
  responseLine,
  Status,
} from "../protocol/mod.ts";
import { formatAddress } from "./address.ts";
import type { Board } from "./board.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { type Log, maskedSample } from "./log/mod.ts";
import { encodeAnswers } from "./output.ts";
import { isDisconnect, type Socket } from "./socket.ts";
import type { Turn, Turnstile } from "./turnstile.ts";

/** What one client may do; times in milliseconds, 0 for no limit. */
export interface ConnectionLimits extends FrameLimits {
  /** To finish a request once its first byte has come. */
  requestTimeout: number;
  /** Without progress while an answer is written. */
  writeTimeout: number;
  /** Between requests. */
  idleTimeout: number;
}

/** What a connection needs of its server. */
export interface ConnectionContext {
  readRequest: RequestReader;
  board: Board;
  deadlines: Deadlines;
  turnstile: Turnstile;
  limits: ConnectionLimits;
  log: Log;
}

/** Reading begins with a small buffer, for most clients stay idle, and goes on with larger ones when it is filled. */
const SMALLEST_BUFFER = 512, LARGEST_BUFFER = 65_536;

/** How many requests are answered together at most. */
const BATCH_SIZE = 512;

/**
 * How long the client has to read the last line, in milliseconds: closing at once, with bytes of its own not yet read, would reset the
 * connection and take that line away from it.
 */
const LINGER = 1000;

/** Why clients are let go when the server ends. */
export const SHUTTING_DOWN = "Server is shutting down";
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** One client: reads, frames, asks the board, writes. There is one write at a time, and nothing is read while it lasts (backpressure). */
export class Connection implements Timed, Turn {
  /** See {@linkcode Timed}. */
  deadline = Infinity;
  /** See {@linkcode Turn}. */
  window = 0;
  readonly #conn: Socket;
  readonly #context: ConnectionContext;
  readonly #framer: Framer;
  /** What the loop is waiting for, which decides what an end looks like. */
  #state: "reading" | "answering" | "lingering" = "reading";
  /** Why this client is let go once what it has asked is answered. */
  #draining: string | undefined;
  /** Why nothing more can be read from this client. */
  #ending: string | undefined;
  /** What could not be read, masked. */
  #sample: string | undefined;
  #closed = false;

  /**
   * @param conn the client's socket, owned from now on
   * @param context what it shares with the others of its server
   */
  constructor(conn: Socket, context: ConnectionContext) {
    this.#conn = conn;
    this.#context = context;
    this.#framer = new Framer(context.limits);
  }

  /**
   * Serves the client until it goes, or is let go; never rejects.
   *
   * @param first what has been read from the client
   */
  async run(first: Uint8Array = NOTHING): Promise<void> {
    const { deadlines, limits, turnstile, log } = this.#context;
    deadlines.add(this);
    turnstile.opened();
    this.deadline = deadlines.after(limits.idleTimeout);
    try {
      log.debug(`Client ${this.#client} connected`);
      await this.#serve(first);
    } catch (error) {
      this.#failed(error);
    } finally {
      deadlines.delete(this);
      turnstile.closed();
      this.#close();
      log.debug(`Client ${this.#client} left`);
    }
  }

  /**
   * Tells the client 505 and lets it go, without serving it; never rejects.
   *
   * @param reason why, in one line
   * @param linger whether the client is given time to read it; without, the line may be lost if it has sent something
   */
  async refuse(reason: string, linger: boolean): Promise<void> {
    this.#context.deadlines.add(this);
    try {
      await this.#end(reason);
      if (linger) await this.#discard();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#context.deadlines.delete(this);
      this.#close();
    }
  }

  /**
   * Answers the requests that are in flight, then tells the client 505 and lets it go.
   *
   * @param reason why, in one line
   */
  drain(reason = SHUTTING_DOWN): void {
    this.#draining = reason;
    if (this.#state === "reading") this.#endInBackground(reason);
  }

  /** Closes at once. */
  abort(): void {
    this.#close();
  }

  /** See {@linkcode Timed}. */
  expire(): void {
    const { limits, log } = this.#context;
    if (this.#state === "reading") {
      this.#endInBackground(
        this.#framer.partial
          ? `Request was not finished in ${limits.requestTimeout / 1000} s`
          : `Connection was idle for ${limits.idleTimeout / 1000} s`,
      );
      return;
    }
    // a client that is in the middle of a line that it does not read cannot be told
    if (this.#state === "answering") {
      const reason = `Client read nothing for ${limits.writeTimeout / 1000} s`;
      log.refused(Status.Closed, reason, { level: "warn", client: this.#client });
    }
    this.#close();
  }

  /** An error is worth a line unless it only says that the client has gone. */
  #failed(error: unknown): void {
    if (this.#closed || isDisconnect(error)) return;
    this.#context.log.error(`Connection failed: ${(error as Error).stack ?? error}`);
  }

  async #serve(first: Uint8Array): Promise<void> {
    const { limits, deadlines, turnstile } = this.#context;
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    for (let bytes: Uint8Array | null = first;;) {
      const partial = this.#framer.partial, begun = this.deadline;
      // from here on only a write is timed: how long the store takes is not the client's doing
      this.#state = "answering";
      this.deadline = Infinity;
      if (bytes !== null) this.#framer.push(bytes);
      let requests = this.#nextBatch(bytes === null);
      const answered = requests.length > 0;
      for (; requests.length > 0; requests = this.#nextBatch(bytes === null)) {
        const answers = this.#context.board.answer(requests);
        const encoded = encodeAnswers(Array.isArray(answers) ? answers : await answers);
        // so that what else came in this turn is carried out first, and the answers leave close together: a client that is woken by the first
        // is still awake for the others, which saves the system a tenth of all time
        await null;
        for (const bytes of encoded) {
          this.deadline = deadlines.after(limits.writeTimeout);
          const written = await this.#conn.write(bytes);
          if (written < bytes.length) await this.#write(bytes.subarray(written));
        }
        this.deadline = Infinity;
      }
      if (this.#ending !== undefined || this.#draining !== undefined && bytes !== null) {
        await this.#end(this.#ending ?? this.#draining!);
        return bytes === null ? undefined : await this.#discard();
      }
      if (bytes === null) return await this.#endAfterClient();
      this.#state = "reading";
      if (!this.#framer.partial) this.deadline = deadlines.after(limits.idleTimeout);
      else this.deadline = partial && !answered ? begun : deadlines.after(limits.requestTimeout);
      if (bytes.length >= buffer.length && buffer.length < LARGEST_BUFFER) {
        buffer = new Uint8Array(Math.min(4 * buffer.length, LARGEST_BUFFER));
      }
      const turn = turnstile.pass(this);
      if (turn !== undefined) await turn;
      const length: number | null = await this.#conn.read(buffer);
      turnstile.arrived();
      if (this.#lingering) return length === null ? undefined : await this.#discard();
      bytes = length === null ? null : buffer.subarray(0, length);
    }
  }

  /** TLS has a last word, without which the client could not tell the end from a cut. */
  async #endAfterClient(): Promise<void> {
    this.deadline = this.#context.deadlines.after(this.#context.limits.writeTimeout);
    await this.#conn.closeWrite();
  }

  /**
   * The next whole requests: one listing at most, so that a client that asks for many holds one at a time. What cannot be read ends the connection,
   * once those before it are answered.
   */
  #nextBatch(atEnd: boolean): (Request | Refusal)[] {
    const requests: (Request | Refusal)[] = [];
    if (this.#ending !== undefined) return requests;
    let text: string | undefined;
    try {
      while (requests.length < BATCH_SIZE) {
        text = undefined;
        const canonical = nextCanonical(this.#framer);
        if (canonical !== undefined) {
          requests.push(canonical);
          if (canonical.op === "mostrar") break;
          continue;
        }
        text = this.#framer.next() ?? (atEnd ? this.#framer.end() : undefined);
        if (text === undefined) break;
        const request = this.#context.readRequest(text);
        requests.push(request);
        if (request.op === "mostrar") break;
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#ending = error.message;
      this.#sample = maskedSample(text ?? this.#framer.held);
    }
    return requests;
  }

  /** What is left of a write of which the system took a part only. */
  async #write(bytes: Uint8Array): Promise<void> {
    const { deadlines, limits } = this.#context;
    for (let at = 0; at < bytes.length;) {
      this.deadline = deadlines.after(limits.writeTimeout);
      at += await this.#conn.write(bytes.subarray(at));
    }
  }

  /** Says why, as the last line, and closes the sending side. What the client still sends is thrown away until it has read that, or the time is over. */
  async #end(reason: string): Promise<void> {
    // that clients are let go at the end is no trouble of theirs
    const level = reason === SHUTTING_DOWN ? "debug" : "warn";
    this.#context.log.refused(Status.Closed, reason, { level, client: this.#client, sample: this.#sample });
    this.#state = "lingering";
    this.deadline = this.#context.deadlines.after(LINGER);
    await this.#conn.write(encoder.encode(responseLine(Status.Closed, reason)));
    await this.#conn.closeWrite();
  }

  /** {@linkcode #end} while the loop waits in a read, which then sees that the connection is lingering. */
  #endInBackground(reason: string): void {
    this.#end(reason).catch((error) => {
      this.#failed(error);
      this.#close();
    });
  }

  async #discard(): Promise<void> {
    const buffer = new Uint8Array(16_384);
    while (await this.#conn.read(buffer) !== null);
  }

  /** A getter, for it changes while a read is waited for. */
  get #lingering(): boolean {
    return this.#state === "lingering";
  }

  get #client(): string {
    return formatAddress(this.#conn.remoteAddr);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}
