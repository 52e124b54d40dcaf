import { formatAddress } from "./address.ts";
import { Board } from "./board.ts";
import { Capacity } from "./capacity.ts";
import { Connection, type ConnectionContext, type ConnectionLimits } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import { type Log, SILENT } from "./log/mod.ts";
import { loadRequestReader, type RequestReader } from "../protocol/mod.ts";
import { openStore, type Store } from "./store/mod.ts";

/** What {@linkcode serve} is told; times in seconds, 0 for no limit. */
export interface ServeOptions {
  /** The address or name to listen on. */
  host: string;
  /** The TCP port; 0 picks a free one. */
  port: number;
  /** `memory`, or `sqlite:` and a path. */
  store: string;
  /** Put the two messages of the original server on the board if it is empty. */
  demo: boolean;
  /** Put the reason of a 400 to 403 in its `data`, too. */
  explain: boolean;
  /** The most bytes that one request may have. */
  maxRequestBytes: number;
  /** How deep the braces and brackets of a request may be nested. */
  maxDepth: number;
  /** How many clients are served at once; more are told 505. */
  maxConnections: number;
  /** How long a client may take to finish a request. */
  requestTimeout: number;
  /** How long a client may leave an answer unread. */
  writeTimeout: number;
  /** How long a client may be silent between requests. */
  idleTimeout: number;
}

/** What {@linkcode serve} does where it is not told otherwise. */
export const SERVE_DEFAULTS: Readonly<ServeOptions> = {
  host: "127.0.0.1",
  port: 5000,
  store: "sqlite:recado.db",
  demo: false,
  explain: false,
  maxRequestBytes: 1_048_576,
  maxDepth: 64,
  maxConnections: 10_000,
  requestTimeout: 10,
  writeTimeout: 10,
  idleTimeout: 0,
};

/** How long clients have, once the server drains, to take what is in flight for them, in milliseconds. */
const DRAIN_TIMEOUT = 5000;

/** How long to wait before the next accept when the system has no descriptor or memory for it, in milliseconds. */
const ACCEPT_WAIT = 50;

/** Enough for thousands of clients that connect at once; the system may cap it. */
const BACKLOG = 4096;

/**
 * Opens the store, listens, and serves until {@linkcode Server.drain}.
 *
 * @param given where, on what store, within which limits, other than {@linkcode SERVE_DEFAULTS}
 * @param log told of what happens; nobody is unless it is given
 * @throws {StoreError} when the store cannot be opened
 * @throws {Error} when the address cannot be listened on
 *
 * @example
 * ```ts
 * import { serve } from "./server.ts";
 *
 * await using server = await serve({ port: 0, store: "memory" });
 * console.log(server.address.port);
 * ```
 */
export async function serve(given: Partial<ServeOptions> = {}, log: Log = SILENT): Promise<Server> {
  const options = { ...SERVE_DEFAULTS, ...given };
  const store = await openStore(options.store);
  try {
    if (options.demo && store.count() === 0) {
      await store.apply([{ kind: "add", id: 1, text: "abc" }, { kind: "add", id: 2, text: "fgh" }]);
    }
    const readRequest = await loadRequestReader();
    return new Server(listen(options), store, readRequest, options, log);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server that is running: accepts connections, counts them, and drains them at the end. */
export class Server implements AsyncDisposable {
  /** Where it listens. */
  readonly address: Deno.NetAddr;
  readonly #listener: Deno.Listener;
  readonly #store: Store;
  readonly #deadlines: Deadlines;
  readonly #context: ConnectionContext;
  readonly #capacity: Capacity;
  readonly #connections = new Map<Connection, Promise<void>>();
  readonly #refused = new Map<Connection, Promise<void>>();
  readonly #accepting: Promise<void>;
  #drained: Promise<void> | undefined;

  /** Use {@linkcode serve}. */
  constructor(
    listener: Deno.TcpListener,
    store: Store,
    readRequest: RequestReader,
    options: ServeOptions,
    log: Log,
  ) {
    const limits = connectionLimits(options);
    const times = [limits.requestTimeout, limits.writeTimeout, limits.idleTimeout].filter((time) => time > 0);
    this.address = listener.addr;
    this.#listener = listener;
    this.#store = store;
    this.#capacity = new Capacity(options.maxConnections);
    this.#deadlines = new Deadlines(Math.min(DRAIN_TIMEOUT, ...times));
    this.#context = { readRequest, board: new Board(store, log, options), deadlines: this.#deadlines, limits, log };
    this.#accepting = this.#accept();
    log.info(`Listening on ${formatAddress(this.address)}, store ${store.name}, ${store.count()} messages`);
  }

  /** How many clients are being served. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Stops accepting, answers what is in flight, tells every client 505, closes, and closes the store. Clients that do not read are cut off after 5 s.
   */
  drain(): Promise<void> {
    return this.#drained ??= this.#drain();
  }

  /** The same as {@linkcode drain}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }

  async #accept(): Promise<void> {
    for (;;) {
      try {
        await this.#admit(await this.#listener.accept());
      } catch (error) {
        if (this.#drained !== undefined) return;
        // a client that was reset before it was accepted ends here, too: the next one is waiting
        if (!isOutOfResources(error)) continue;
        this.#makeRoom(error as Error);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_WAIT));
      }
    }
  }

  /** Clients wait that cannot be accepted, and so not be told: those that came last make room. */
  #makeRoom(error: Error & { code?: string }): void {
    const { log } = this.#context;
    if (error.code !== "EMFILE") return log.error(`Cannot accept a connection: ${error.message}`);
    // those that are being let go will leave descriptors behind
    if (this.#refused.size > 0 || !this.#capacity.exhausted(this.#connections.size)) return;
    const { clients } = this.#capacity;
    log.warn(`No file descriptor is left: from now on ${clients} clients are served at once`);
    for (const connection of [...this.#connections.keys()].slice(clients)) connection.drain(full(clients));
  }

  async #admit(conn: Deno.Conn): Promise<void> {
    const connection = new Connection(conn, this.#context);
    const { clients, refusals } = this.#capacity;
    if (this.#connections.size < clients) {
      try {
        if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
        if ("setKeepAlive" in conn) (conn as Deno.TcpConn).setKeepAlive(true);
      } catch (error) {
        connection.abort(); // it has gone already
        throw error;
      }
      track(this.#connections, connection, connection.run());
    } else if (this.#refused.size < refusals) {
      track(this.#refused, connection, connection.refuse(full(clients), true));
    } else {
      await connection.refuse(full(clients), false);
    }
  }

  async #drain(): Promise<void> {
    this.#context.log.info(`Stopping, ${this.#connections.size} clients`);
    this.#listener.close();
    await this.#accepting;
    const open = [...this.#connections, ...this.#refused];
    for (const connection of this.#connections.keys()) connection.drain();
    const timer = setTimeout(() => open.forEach(([connection]) => connection.abort()), DRAIN_TIMEOUT);
    await Promise.all(open.map(([, ended]) => ended));
    clearTimeout(timer);
    this.#deadlines[Symbol.dispose]();
    await this.#store[Symbol.asyncDispose]();
    this.#context.log.info("Stopped");
  }
}

function full(clients: number): string {
  return `Server has its ${clients} clients already`;
}

function listen({ host, port }: ServeOptions): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: host, port, tcpBacklog: BACKLOG });
  } catch (cause) {
    throw new Error(`Cannot listen on ${host}:${port}: ${(cause as Error).message}`, { cause });
  }
}

function track(connections: Map<Connection, Promise<void>>, connection: Connection, ended: Promise<void>): void {
  connections.set(connection, ended.finally(() => connections.delete(connection)));
}

function connectionLimits(options: ServeOptions): ConnectionLimits {
  return {
    maxBytes: options.maxRequestBytes,
    maxDepth: options.maxDepth,
    requestTimeout: options.requestTimeout * 1000,
    writeTimeout: options.writeTimeout * 1000,
    idleTimeout: options.idleTimeout * 1000,
  };
}

function isOutOfResources(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(code);
}
