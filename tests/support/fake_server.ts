import { Framer } from "../../protocol/mod.ts";

/** What a {@linkcode FakeServer} does with a client. */
export type Behaviour = (client: FakeConnection) => Promise<void> | void;

/** A server on a raw socket that behaves as the test says. */
export class FakeServer implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** Every request that it was sent and that its behaviour read, in order. */
  readonly requests: string[] = [];
  /** How many clients came. */
  connections = 0;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<FakeConnection>();
  readonly #running: Promise<void>[];

  /**
   * Begins to listen.
   *
   * @param behaviour what it does with each client; the connection is closed when it is over
   * @param port to listen on, a free one unless it is given
   */
  constructor(behaviour: Behaviour, port = 0) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.port = this.#listener.addr.port;
    this.#running = [this.#accept(behaviour)];
  }

  /** Closes everything; throws what a behaviour threw. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    for (const running of this.#running) await running;
  }

  async #accept(behaviour: Behaviour): Promise<void> {
    for await (const conn of this.#listener) {
      this.connections++;
      const connection = new FakeConnection(conn, this.requests);
      this.#open.add(connection);
      this.#running.push(this.#run(behaviour, connection));
    }
  }

  async #run(behaviour: Behaviour, connection: FakeConnection): Promise<void> {
    try {
      await behaviour(connection);
    } catch (error) {
      if (!connection.closed && !(error instanceof Deno.errors.ConnectionReset)) throw error;
    } finally {
      connection.close();
      this.#open.delete(connection);
    }
  }
}

/** A client of a {@linkcode FakeServer}. */
export class FakeConnection {
  /** Whether this side has closed it. */
  closed = false;
  /** Resolves when this side closes it. */
  readonly closing: Promise<void>;
  readonly #conn: Deno.TcpConn;
  readonly #requests: string[];
  readonly #framer = new Framer({ maxBytes: 67_108_864, maxDepth: 64 });
  readonly #buffer = new Uint8Array(65_536);
  readonly #close = Promise.withResolvers<void>();

  /**
   * @param conn the socket
   * @param requests takes what is read
   */
  constructor(conn: Deno.TcpConn, requests: string[]) {
    this.#conn = conn;
    this.#requests = requests;
    this.closing = this.#close.promise;
    conn.setNoDelay(true);
  }

  /** Reads the next request; `undefined` when the client has gone. */
  async request(): Promise<string | undefined> {
    let text: string | undefined;
    while ((text = this.#framer.next()) === undefined) {
      const length = await this.#conn.read(this.#buffer);
      if (length === null) return undefined;
      this.#framer.push(this.#buffer.subarray(0, length));
    }
    this.#requests.push(text);
    return text;
  }

  /** Sends a text as it is. */
  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Waits until the client has gone; reads what it sends. */
  async gone(): Promise<void> {
    while (await this.request() !== undefined);
  }

  /** Closes the connection. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#close.resolve();
    this.#conn.close();
  }
}

/**
 * A server that reads one request and answers with a text, whatever it is, and closes.
 *
 * @param answer sent as it is
 */
export function answering(answer: string): Behaviour {
  return async (client) => {
    await client.request();
    await client.write(answer);
  };
}

/** A server that takes requests and never answers. */
export const silent: Behaviour = (client) => client.gone();

/** A port of the loopback interface on which nothing listens. */
export function unusedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
