import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { SERVE_DEFAULTS, Server } from "../server/mod.ts";
import { SILENT } from "../server/log/mod.ts";
import { openStore } from "../server/store/mod.ts";
import { closing, lines } from "./support/answers.ts";
import { ServeChild } from "./support/child.ts";
import { exchange, RawClient } from "./support/raw_client.ts";

const LIST = '{"op":"mostrar"}';
const windows = Deno.build.os === "windows";

Deno.test({
  name:
    "descriptors: more clients than the process may open: so many are served, the others told, and served once there is room",
  ignore: windows,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"], { before: "ulimit -n 60" });
    for (const round of [1, 2]) {
      // one after the other, so that it is known who came too late
      const clients: RawClient[] = [], served: RawClient[] = [];
      let last = "";
      for (let n = 0; n < 150; n++) clients.push(await RawClient.connect(server.port));
      for (const client of clients) {
        const answer = await client.ask(LIST).catch(() => "");
        if (answer === lines(200)) served.push(client);
        else last = answer || last;
      }
      const [, room] = last.match(/Server has its (\d+) clients already/)!;
      assertEquals(last, closing(`Server has its ${room} clients already`));
      // those that were let go to make room have been served before
      if (round === 2) assertEquals(served.length, Number(room));
      assertEquals(await served[0].ask(LIST), lines(200));
      for (const client of clients) client[Symbol.dispose]();
      while (await exchange(server.port, LIST).catch(() => "") !== lines(200)); // until the server has seen them go
    }
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0);
    assertEquals(stderr.match(/No file descriptor is left/g)?.length, 1);
    assert(!stderr.includes("Cannot accept"), stderr);
  },
});

/** A listener that hands out one connection, and then none. */
function listenerOf(conn: Partial<Deno.TcpConn>): Deno.TcpListener {
  const { promise: closed, reject } = Promise.withResolvers<never>();
  closed.catch(() => {});
  const conns = [conn];
  return {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept: () => conns.length > 0 ? Promise.resolve(conns.pop()) : closed,
    close: () => reject(new Deno.errors.BadResource("Listener has been closed")),
  } as unknown as Deno.TcpListener;
}

Deno.test("descriptors: a socket that cannot be set up is closed, and the server goes on", async () => {
  const closed = Promise.withResolvers<void>();
  const listener = listenerOf({
    setNoDelay() {
      throw new Deno.errors.InvalidData("gone");
    },
    close: () => closed.resolve(),
  });
  const parts = {
    store: await openStore("memory"),
    readRequest: await loadRequestReader(),
    places: [{ listener, name: "here", certificate: undefined, isPublic: false, remove() {} }],
    certificate: undefined,
    authentication: undefined,
  };
  await using server = new Server(parts, SERVE_DEFAULTS, SILENT);
  await closed.promise;
  assertEquals(server.connections, 0);
});

Deno.test({
  name: "descriptors: too few to begin with is one line, and exits 71",
  ignore: windows,
  async fn() {
    const error = await assertRejects(
      () => ServeChild.start(["--store", "sqlite:/tmp/none/board.db"], { before: "ulimit -n 60" }),
      Error,
    );
    assertMatch(error.message, /^serve ended with 71: Error: .*\n$/);
  },
});
