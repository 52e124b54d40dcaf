import {
  FrameError,
  Framer,
  MAX_BYTES_BEFORE_TOKEN,
  REFUSED_ENTRANCE,
  type RequestReader,
  Status,
  TAKES_TLS,
} from "../protocol/mod.ts";
import { formatAddress } from "./address.ts";
import type { Authentication } from "./authentication.ts";
import type { Certificate } from "./certificate.ts";
import { Connection } from "./connection.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { Timed } from "./deadlines.ts";
import { Farewell, SHUTTING_DOWN } from "./farewell.ts";
import { concat } from "./pieces.ts";
import { isDisconnect, type Socket } from "./socket.ts";

/** The checks that a client must pass before it is served. */
export interface EntranceChecks {
  /** Present if the client must speak TLS. */
  certificate: Certificate | undefined;
  /** Present if the client must show a token. */
  authentication: Authentication | undefined;
  /** The time for all of it, in milliseconds; 0 for no limit. */
  timeout: number;
}

/** How many bytes are read at once, and how deep the first request may be nested: `autenticar` is short and flat. */
const BUFFER_SIZE = 512, MAX_DEPTH = 4;

const encoder = new TextEncoder();

/** One client that is not served yet: it must finish the TLS handshake and show the token in time, and takes little memory until then. */
export class Entrance implements Timed {
  /** See {@linkcode Timed}. */
  deadline = Infinity;
  readonly #conn: Deno.Conn;
  readonly #checks: EntranceChecks;
  readonly #context: ConnectionContext;
  readonly #left: () => void;
  #socket: Socket;
  #state: "handshake" | "token" | "over" = "handshake";
  /** Serves the client once it is in. */
  #connection: Connection | undefined;
  /** Tells the client why it is not let in. */
  #farewell: { client: Farewell; ended: Promise<void> } | undefined;
  #wake = () => {};

  /**
   * @param conn the client's socket, owned from now on
   * @param checks at least one
   * @param context what it shares with the other connections of its server
   * @param left called once the client is in, or is refused
   */
  constructor(conn: Deno.Conn, checks: EntranceChecks, context: ConnectionContext, left: () => void) {
    this.#conn = this.#socket = conn;
    this.#checks = checks;
    this.#context = context;
    this.#left = left;
  }

  /** Lets the client in and serves it until it goes, or is let go; never rejects. */
  async run(): Promise<void> {
    const { deadlines } = this.#context;
    deadlines.add(this);
    this.deadline = deadlines.after(this.#checks.timeout);
    let first: Uint8Array | undefined;
    try {
      if (await this.#secure()) first = await this.#authenticate();
    } catch (error) {
      this.#failed(error);
    } finally {
      deadlines.delete(this);
      this.#left();
    }
    if (this.#farewell !== undefined) return await this.#farewell.ended;
    if (first === undefined || this.#over) return this.abort();
    this.#state = "over";
    this.#connection = new Connection(this.#socket, this.#context);
    await this.#connection.run(first);
  }

  /** As {@linkcode Connection.drain}. */
  drain(reason = SHUTTING_DOWN): void {
    if (this.#state === "over") this.#connection?.drain(reason);
    else if (this.#state === "token") this.#refuse(reason);
    else this.abort();
  }

  /** Closes at once. */
  abort(): void {
    const next = this.#connection ?? this.#farewell?.client;
    if (next !== undefined) return next.abort();
    if (this.#over) return;
    this.#state = "over";
    this.#wake();
    this.#socket.close();
  }

  /** See {@linkcode Timed}. */
  expire(): void {
    if (this.#over) return; // it is being told why it is let go, which has a deadline of its own
    const seconds = this.#checks.timeout / 1000;
    if (this.#state === "token") return this.#refuse(`Token was not shown in ${seconds} s`);
    this.#handshakeFailed(`was not finished in ${seconds} s`);
    this.abort();
  }

  /** A getter, so that the compiler knows that it may change while something is awaited. */
  get #over(): boolean {
    return this.#state === "over";
  }

  /** Makes the TLS handshake, if one is needed; false when the client does not speak TLS. */
  async #secure(): Promise<boolean> {
    const { certificate } = this.#checks;
    if (certificate === undefined) return true;
    const buffer = new Uint8Array(BUFFER_SIZE);
    const length = await this.#conn.read(buffer);
    if (length === null) return false;
    const socket = certificate.secure(this.#conn, buffer.subarray(0, length));
    if (socket === undefined) {
      this.#refuse(TAKES_TLS);
      return false;
    }
    this.#socket = socket;
    try {
      await socket.handshake();
    } catch (error) {
      if (!this.#over) this.#handshakeFailed(`failed: ${(error as Error).message}`);
      throw error;
    }
    return true;
  }

  /** Logs an error, unless it only says that the client has gone. A failure of its TLS says that, too, and is logged where it happens. */
  #failed(error: unknown): void {
    if (this.#over || isDisconnect(error)) return;
    this.#context.log.error(`Entrance failed: ${(error as Error).stack ?? error}`);
  }

  /** Logs it: a client whose handshake has failed cannot be told. */
  #handshakeFailed(how: string): void {
    const client = formatAddress(this.#conn.remoteAddr);
    this.#context.log.refused(Status.Closed, `TLS handshake ${how}`, { level: "warn", client });
  }

  /** Waits for the token, if one is needed. Returns the bytes with which the connection begins, or `undefined` when the client is refused. */
  async #authenticate(): Promise<Uint8Array | undefined> {
    const { authentication } = this.#checks, { readRequest } = this.#context;
    if (authentication === undefined) return new Uint8Array(0);
    if (this.#over) return undefined;
    this.#state = "token";
    const { maxBytes, maxDepth } = this.#context.limits;
    const framer = new Framer({
      maxBytes: Math.min(maxBytes, MAX_BYTES_BEFORE_TOKEN),
      maxDepth: Math.min(maxDepth, MAX_DEPTH),
    });
    try {
      const text = await this.#firstRequest(framer);
      const token = text === undefined ? undefined : shownToken(text, readRequest);
      if (text === undefined || this.#over) return undefined;
      const reason = token === undefined ? REFUSED_ENTRANCE.noToken : await this.#try(token, authentication);
      // the request goes on to the connection, which answers it before those that came behind it
      if (reason === undefined) return concat([encoder.encode(text), framer.held]);
      this.#refuse(reason);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#refuse(error.message);
    }
  }

  async #firstRequest(framer: Framer): Promise<string | undefined> {
    const buffer = new Uint8Array(BUFFER_SIZE);
    for (;;) {
      const length = await this.#socket.read(buffer);
      if (this.#over) return undefined;
      if (length === null) return framer.end();
      framer.push(buffer.subarray(0, length));
      const text = framer.next();
      if (text !== undefined) return text;
    }
  }

  /** Checks a token when it is its turn; returns why it is refused, if it is. An empty one counts as no guess: health checks show it. */
  async #try(token: string, authentication: Authentication): Promise<string | undefined> {
    if (token === "") return REFUSED_ENTRANCE.wrongToken;
    const { remoteAddr } = this.#conn;
    const delay = authentication.delay(remoteAddr);
    if (delay === undefined) return REFUSED_ENTRANCE.throttled;
    this.deadline = Infinity;
    if (delay > 0) await this.#wait(delay);
    return this.#over ? undefined : authentication.check(token, remoteAddr);
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #refuse(reason: string): void {
    if (this.#over) return;
    this.#state = "over";
    this.#wake();
    const client = new Farewell(this.#socket, this.#context);
    this.#farewell = { client, ended: client.run(reason, true) };
  }
}

/** The token of `autenticar`; `undefined` when the text is another request. */
function shownToken(text: string, readRequest: RequestReader): string | undefined {
  const request = readRequest(text);
  return request.op === "autenticar" ? request.token : undefined;
}
