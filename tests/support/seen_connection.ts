import { Breather } from "../../server/breather.ts";
import { Connection } from "../../server/connection.ts";
import type { ConnectionContext } from "../../server/connection_context.ts";
import { Deadlines } from "../../server/deadlines.ts";
import { SILENT } from "../../server/log/mod.ts";
import type { Socket } from "../../server/socket.ts";
import type { Store } from "../../server/store/mod.ts";
import { loadRequestReader } from "../../protocol/mod.ts";
import { contextOf } from "./connection_context.ts";
import { RawClient } from "./raw_client.ts";

/** A clock that stands still but for the test, and nobody is looked at when it goes on. */
class Clock extends Deadlines {
  time = 0;

  constructor() {
    super(1000);
  }

  override get now(): number {
    return this.time;
  }

  override after(milliseconds: number): number {
    return milliseconds === 0 ? Infinity : this.time + milliseconds;
  }

  override add(): void {}
}

/** What a connection does, in order: a rest of the event loop, or how many bytes it has written, or a read. */
export type Event = "rest" | "read" | number;

/** A connection over loopback, whose steps are seen. */
export class Seen implements AsyncDisposable {
  readonly events: Event[] = [];
  /** Called with each. */
  onEvent: (event: Event) => void = () => {};
  readonly clock = new Clock();
  readonly refused: string[] = [];
  readonly errors: string[] = [];
  readonly client: RawClient;
  readonly connection: Connection;
  #over: Promise<void> | undefined;

  private constructor(conn: Deno.Conn, client: RawClient, store: Store, given: Pick<ConnectionContext, "readRequest">) {
    this.client = client;
    const see = (event: Event) => {
      this.events.push(event);
      this.onEvent(event);
    };
    const socket: Socket = {
      remoteAddr: conn.remoteAddr,
      read(buffer) {
        see("read");
        return conn.read(buffer);
      },
      async write(bytes) {
        const length = await conn.write(bytes);
        see(length);
        return length;
      },
      closeWrite: () => conn.closeWrite(),
      close: () => conn.close(),
    };
    class SeenBreather extends Breather {
      override next(): undefined {
        see("rest");
      }
    }
    const log = {
      ...SILENT,
      refused: (_: number, reason: string) => void this.refused.push(reason),
      error: (message: string) => this.errors.push(message),
    };
    const context = contextOf(store, { deadlines: this.clock, log, breather: new SeenBreather(), ...given });
    this.connection = new Connection(socket, context);
  }

  /**
   * Connects.
   *
   * @param given of the connection's context
   */
  static async connect(store: Store, given: Partial<ConnectionContext> = {}): Promise<Seen> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [conn, client] = await Promise.all([listener.accept(), RawClient.connect(listener.addr.port)]);
    return new Seen(conn, client, store, { readRequest: await loadRequestReader(), ...given });
  }

  /** Serves the client, which has sent something already, until the end. */
  run(first = ""): Promise<void> {
    return this.#over = this.connection.run(new TextEncoder().encode(first));
  }

  /** Waits until something happens. */
  until(happens: (event: Event) => boolean): Promise<void> {
    return new Promise((resolve) => this.onEvent = (event) => happens(event) && resolve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    await this.#over;
    this.clock[Symbol.dispose]();
    if (this.errors.length > 0) throw new Error(`Logged: ${this.errors.join("\n")}`);
  }
}
