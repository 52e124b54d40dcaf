import { bytesOf } from "./bytes.ts";

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How often a client sends something that does not help it before it is let go: a millisecond between, this is several times the time limits of tests. */
const MOST_SENDS = 300;

/** A socket and no more: sends bytes as they are, reads what comes. */
export class RawClient implements Disposable {
  readonly #conn: Deno.Conn;
  #held: Uint8Array = new Uint8Array(0);

  /** @param conn owned from now on */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects to that port of the loopback interface, or to a Unix socket. */
  static async connect(port: number | string): Promise<RawClient> {
    if (typeof port === "string") return new RawClient(await Deno.connect({ transport: "unix", path: port }));
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    return new RawClient(conn);
  }

  /** Sends all of it. */
  async send(data: string | readonly number[] | Uint8Array): Promise<void> {
    const bytes = bytesOf(data);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Says that nothing more will be sent. */
  async halfClose(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** The next line, with its newline; `""` at the end of the stream. */
  async line(): Promise<string> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const end = this.#held.indexOf(NEWLINE);
      if (end >= 0) {
        pieces.push(this.#held.subarray(0, end + 1));
        this.#held = this.#held.subarray(end + 1);
        break;
      }
      pieces.push(this.#held);
      if (!await this.#read()) break;
    }
    return decoder.decode(await new Blob(pieces as BlobPart[]).arrayBuffer());
  }

  /** The next lines. */
  async lines(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) lines.push(await this.line());
    return lines;
  }

  /** Sends, and reads one line. */
  async ask(data: string | readonly number[]): Promise<string> {
    await this.send(data);
    return await this.line();
  }

  /** Waits until something has come; it is still there to be read. */
  async arrived(): Promise<void> {
    if (this.#held.length === 0) await this.#read();
  }

  /** All that comes until the other side ends the stream. */
  async rest(): Promise<string> {
    const pieces: Uint8Array[] = [];
    do pieces.push(this.#held); while (await this.#read());
    return decoder.decode(await new Blob(pieces as BlobPart[]).arrayBuffer());
  }

  /**
   * The same, while a text is sent again and again, a millisecond between.
   *
   * @throws {Error} when the stream has not ended after some hundreds of them
   */
  async restAmid(text: string): Promise<string> {
    let ended = false;
    const rest = this.rest().finally(() => ended = true);
    rest.catch(() => {}); // it is waited for below
    for (let sends = 0; !ended; sends++) {
      if (sends === MOST_SENDS) throw new Error(`The stream goes on after ${sends} times ${JSON.stringify(text)}`);
      await this.send(text);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return await rest;
  }

  /** Closes; what has come and was not read makes that a reset for the other side. */
  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // it is closed
    }
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(65_536);
    const length = await this.#conn.read(buffer);
    this.#held = buffer.subarray(0, length ?? 0);
    return length !== null;
  }
}

/** Clients that are all connected before the first of them asks; not all at once, for a system may have no room for so many at its door. */
export async function connect(port: number, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(250, count - clients.length) }, () => RawClient.connect(port));
    clients.push(...await Promise.all(some));
  }
  return clients;
}

/**
 * Connects, sends, says that this is all, and reads to the end.
 *
 * @param port of the server, or the path of its Unix socket
 * @param data all that is sent
 */
export async function exchange(port: number | string, data: string | readonly number[] | Uint8Array): Promise<string> {
  using client = await RawClient.connect(port);
  const sent = client.send(data).then(() => client.halfClose());
  const [answers] = await Promise.all([client.rest(), sent]);
  return answers;
}
