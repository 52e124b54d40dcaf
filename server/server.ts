import { readTokenFile } from "../cli/mod.ts";
import { type RequestReader, Status } from "../protocol/mod.ts";
import { formatAddress } from "./address.ts";
import type { Authentication } from "./authentication.ts";
import { Board } from "./board.ts";
import { Breather } from "./breather.ts";
import { Budget } from "./budget.ts";
import { Capacity } from "./capacity.ts";
import type { Certificate } from "./certificate.ts";
import { Connection } from "./connection.ts";
import type { ConnectionContext, ConnectionLimits } from "./connection_context.ts";
import { Deadlines } from "./deadlines.ts";
import { Entrance, type EntranceChecks } from "./entrance.ts";
import { Farewell, LINGER } from "./farewell.ts";
import { Listener } from "./listener.ts";
import type { Log } from "./log/mod.ts";
import type { Place } from "./places.ts";
import { settles } from "./settles.ts";
import type { ServeOptions } from "./settings.ts";
import type { Store } from "./store/mod.ts";
import { Turnstile } from "./turnstile.ts";

/** How long clients have to read their last answers once the server drains, in milliseconds. */
const DRAIN_TIMEOUT = 5000;

/** How many bytes all unfinished requests together may take, unless four of the largest take more: far more than clients need that do finish. */
const MOST_UNFINISHED = 134_217_728;

/** What a server is built from. */
export interface Parts {
  /** Its board, owned from now on. */
  store: Store;
  /** Reads requests that are not canonical. */
  readRequest: RequestReader;
  /** Where it listens, owned from now on; at least one, TCP first. */
  places: Place[];
  /** The one that the places serve TLS with, for {@linkcode Server.reload}. */
  certificate: Certificate | undefined;
  /** Checks tokens; absent where none is asked for. */
  authentication: Authentication | undefined;
}

/** A server that is running: accepts connections, counts them, and drains them at the end. */
export class Server implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #options: ServeOptions;
  readonly #listeners: Listener[];
  readonly #deadlines: Deadlines;
  #reloaded: Promise<void> = Promise.resolve();
  readonly #turnstile = new Turnstile();
  readonly #context: ConnectionContext;
  readonly #capacity: Capacity;
  readonly #connections = new Map<Connection | Entrance, Promise<void>>();
  readonly #refused = new Map<Farewell, Promise<void>>();
  /** The connections that are not let in yet, in the order in which they came. */
  readonly #entering = new Set<Entrance>();
  #drained: Promise<void> | undefined;

  /**
   * Begins to accept. Programs call `serve`.
   *
   * @param parts opened already
   * @param options those of `serve`
   * @param log told what happens
   */
  constructor(parts: Parts, options: ServeOptions, log: Log) {
    const { store, readRequest, places, authentication } = parts;
    const limits = connectionLimits(options), timeout = options.handshakeTimeout * 1000;
    const times = [limits.requestTimeout, limits.writeTimeout, limits.idleTimeout, timeout].filter((time) => time > 0);
    this.#parts = parts;
    this.#options = options;
    this.#capacity = new Capacity(options.maxConnections);
    this.#deadlines = new Deadlines(Math.min(LINGER, ...times));
    this.#context = {
      readRequest,
      board: new Board(store, log, options),
      deadlines: this.#deadlines,
      turnstile: this.#turnstile,
      breather: new Breather(),
      limits,
      log,
      unfinished: new Budget(Math.max(MOST_UNFINISHED, 4 * limits.maxBytes)),
    };
    this.#listeners = places.map(({ listener, certificate }) => {
      const checks = certificate === undefined && authentication === undefined
        ? undefined
        : { certificate, authentication, timeout };
      return new Listener(listener, (conn) => this.#admit(conn, checks), (...why) => this.#notAccepted(...why));
    });
    const names = places.map(({ name }) => name).join(" and ");
    log.info(`Listening on ${names}, store ${store.name}, ${store.count()} messages`);
    for (const { name } of places.filter(({ isPublic }) => isPublic && authentication === undefined)) {
      log.warn(`WHOEVER REACHES ${name} CAN READ AND CHANGE THIS BOARD: no token is asked for, --token-file sets one`);
    }
  }

  /**
   * Where it listens on TCP.
   *
   * @throws {Error} when it does not
   */
  get address(): Deno.NetAddr {
    const [{ listener: { addr } }] = this.#parts.places;
    if (!("port" in addr)) throw new Error("Cannot give the address: the server does not listen on TCP");
    return addr as Deno.NetAddr;
  }

  /** How many clients are being served. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Reads the certificate, its key and the token again; clients that are already in stay. If one cannot be used, the log says so, and the old one stays.
   */
  reload(): Promise<void> {
    // one after another, or what was read first could be used last
    return this.#reloaded = this.#reloaded.then(() => this.#reload());
  }

  async #reload(): Promise<void> {
    const { certificate, authentication } = this.#parts, { tokenFile } = this.#options, { log } = this.#context;
    const read: [what: string, reload: (() => Promise<void>) | undefined][] = [
      ["certificate", certificate && (() => certificate.reload())],
      ["token", authentication && (async () => authentication.change(await readTokenFile(tokenFile)))],
    ];
    for (const [what, reload] of read) {
      if (reload === undefined) continue;
      try {
        await reload();
        log.info(`Read the ${what} again`);
      } catch (error) {
        log.error(`${(error as Error).message}; the old ${what} stays`);
      }
    }
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

  async #admit(conn: Deno.Conn, checks: EntranceChecks | undefined): Promise<void> {
    const { clients, refusals } = this.#capacity;
    // a flood of clients that show no token must not keep others out
    if (this.#connections.size >= clients) this.#dropOldestEntering();
    if (this.#connections.size < clients) {
      this.#serve(conn, checks);
      return;
    }
    if (checks?.certificate !== undefined) return this.#turnAway(conn, full(clients));
    const farewell = new Farewell(conn, this.#context);
    if (this.#refused.size < refusals) track(this.#refused, farewell, farewell.run(full(clients), true));
    else await farewell.run(full(clients), false);
  }

  /** A TLS client cannot be told before its handshake: plain text would look to it as if the server did not speak TLS. */
  #turnAway(conn: Deno.Conn, reason: string): void {
    this.#context.log.refused(Status.Closed, reason, { level: "warn", client: formatAddress(conn.remoteAddr) });
    conn.close();
  }

  #serve(conn: Deno.Conn, checks: EntranceChecks | undefined): void {
    try {
      if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
      if ("setKeepAlive" in conn) (conn as Deno.TcpConn).setKeepAlive(true);
    } catch {
      return conn.close(); // the client has gone already
    }
    const client = checks === undefined ? new Connection(conn, this.#context) : this.#enter(conn, checks);
    track(this.#connections, client, client.run());
  }

  #notAccepted(error: Error & { code?: string }, isRepeated: boolean): void {
    if (error.code === "EMFILE") this.#makeRoom();
    else if (!isRepeated) this.#context.log.error(`Cannot accept a connection: ${error.message}`);
  }

  /** No descriptor is left to accept those who wait, and so they cannot be told: the clients that came last make room. */
  #makeRoom(): void {
    const { log } = this.#context;
    // those that are being let go will leave descriptors behind
    if (this.#refused.size > 0 || !this.#capacity.exhausted(this.#connections.size)) return;
    const { clients } = this.#capacity;
    log.warn(`No file descriptor is left: from now on ${clients} clients are served at once`);
    for (const connection of [...this.#connections.keys()].slice(clients)) connection.drain(full(clients));
  }

  #enter(conn: Deno.Conn, checks: EntranceChecks): Entrance {
    const entrance = new Entrance(conn, checks, this.#context, () => this.#entering.delete(entrance));
    this.#entering.add(entrance);
    return entrance;
  }

  #dropOldestEntering(): void {
    const [oldest] = this.#entering;
    if (oldest === undefined) return;
    this.#entering.delete(oldest);
    this.#connections.delete(oldest);
    oldest.abort();
  }

  async #drain(): Promise<void> {
    this.#context.log.info(`Stopping, ${this.#connections.size} clients`);
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    this.#leavePlaces();
    const open = [...this.#connections, ...this.#refused];
    for (const connection of this.#connections.keys()) connection.drain();
    const ended = Promise.all(open.map(([, ended]) => ended));
    if (!await settles(ended, DRAIN_TIMEOUT)) {
      for (const [connection] of open) connection.abort();
      await settles(ended, LINGER); // on Deno 2.4 a client that does not read would keep it for ever
    }
    this.#deadlines[Symbol.dispose]();
    await this.#parts.store[Symbol.asyncDispose]().catch(({ message }: Error) => this.#context.log.error(message));
    this.#context.log.info("Stopped");
  }

  #leavePlaces(): void {
    for (const { name, remove } of this.#parts.places) {
      try {
        remove();
      } catch (error) {
        this.#context.log.error(`Cannot remove ${name}: ${(error as Error).message}`);
      }
    }
  }
}

function full(clients: number): string {
  return `Server has its ${clients} clients already`;
}

function track<C>(connections: Map<C, Promise<void>>, connection: C, ended: Promise<void>): void {
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
