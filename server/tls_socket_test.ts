import { assertEquals, assertRejects } from "@std/assert";
import { Certificate } from "./certificate.ts";
import type { TlsSocket } from "./tls_socket.ts";
import { Authority, servesTls } from "../tests/support/authority.ts";

/** A socket whose writes leave when they are let go, and never once it is closed. */
class SlowConn {
  readonly #conn: Deno.Conn;
  readonly #closed = Promise.withResolvers<never>();
  /** What a write waits for. */
  ready: Promise<void> = Promise.resolve();
  closes = 0;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#closed.promise.catch(() => {});
  }

  get remoteAddr(): Deno.Addr {
    return this.#conn.remoteAddr;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  async write(bytes: Uint8Array): Promise<number> {
    await Promise.race([this.ready, this.#closed.promise]);
    return await this.#conn.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    this.closes++;
    this.#closed.reject(new Deno.errors.Interrupted("Was closed"));
    this.#conn.close();
  }
}

/** The two sides of a connection after the handshake. */
interface Sides {
  tls: TlsSocket;
  conn: SlowConn;
  client: Deno.TlsConn;
}

function tlsTest(name: string, fn: (sides: Sides) => Promise<void>): void {
  Deno.test({
    name: `tls socket: ${name}`,
    ignore: !servesTls,
    async fn() {
      await using authority = await Authority.create();
      const { cert, key } = await authority.issue();
      const certificate = await Certificate.load(cert, key);
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr, caCerts = [authority.pem];
      const [accepted, client] = await Promise.all([
        listener.accept(),
        Deno.connectTls({ hostname: "localhost", port, caCerts }),
      ]);
      const shaken = client.handshake();
      const conn = new SlowConn(accepted), first = new Uint8Array(512), length = await conn.read(first);
      const tls = certificate.secure(conn as unknown as Deno.Conn, first.subarray(0, length!))!;
      await Promise.all([tls.handshake(), shaken]);
      await fn({ tls, conn, client });
      tls.close();
      client.close();
    },
  });
}

tlsTest("what it says last has left before it is closed, after a client that closed its side", async (sides) => {
  const { tls, conn, client } = sides;
  await client.closeWrite();
  assertEquals(await tls.read(new Uint8Array(1)), null);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  conn.ready = ready;
  const ended = tls.closeWrite().finally(() => tls.close());
  await new Promise((resolve) => setTimeout(resolve)); // all that does not wait for the write is done
  resolve();
  await ended;
  assertEquals(await client.read(new Uint8Array(1)), null); // without close_notify it rejects
});

tlsTest("it is closed at once, and once, though nothing it sends leaves", async (sides) => {
  const { tls, conn, client } = sides;
  await client.closeWrite();
  assertEquals(await tls.read(new Uint8Array(1)), null);
  conn.ready = new Promise(() => {});
  const ended = assertRejects(() => tls.closeWrite(), Deno.errors.Interrupted);
  await new Promise((resolve) => setTimeout(resolve));
  tls.close();
  tls.close();
  assertEquals(conn.closes, 1);
  await ended;
});

tlsTest("of two reads at once each has bytes of its own, and both see the end", async ({ tls, client }) => {
  const read = () => tls.read(new Uint8Array(10)),
    send = (text: string) => client.write(new TextEncoder().encode(text));
  const first = read(), second = read();
  await send("a");
  assertEquals(await first, 1);
  await send("bc");
  assertEquals(await second, 2);
  const ends = [read(), read()];
  await client.closeWrite();
  assertEquals(await Promise.all(ends), [null, null]);
});
