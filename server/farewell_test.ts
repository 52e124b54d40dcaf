import { assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { closing } from "../tests/support/answers.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { failingSocket, fakeSocket } from "../tests/support/fake_socket.ts";
import { Deadlines, type Timed } from "./deadlines.ts";
import { Farewell, LINGER, SHUTTING_DOWN } from "./farewell.ts";
import { type Log, SILENT } from "./log/mod.ts";
import { openStore } from "./store/mod.ts";

Deno.test("farewell: an error of the network closes and is logged, and does not reject", async () => {
  const errors: string[] = [];
  const log = { ...SILENT, error: (message: string) => void errors.push(message) };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  let closed = 0;
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  await new Farewell(failingSocket(() => closed++), context).run("Server is full", true);
  assertEquals([closed, errors.length], [1, 1]);
  assertStringIncludes(errors[0], "Connection failed: Error: No buffer space available");
});

Deno.test("farewell: the last line is sent to its end, however little the socket takes at once", async () => {
  let sent = "";
  const socket = fakeSocket({
    read: () => fail("it is given no time to read that"),
    write(bytes) {
      const some = bytes.subarray(0, 20);
      sent += new TextDecoder().decode(some);
      return Promise.resolve(some.length);
    },
  });
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  const log = { ...SILENT, error: fail };
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  await new Farewell(socket, context).run("Server is full", false);
  assertEquals(sent, closing("Server is full"));
});

Deno.test("farewell: that clients are let go at the end is nothing to warn of", async () => {
  const levels: unknown[] = [];
  const log: Log = { ...SILENT, error: fail, refused: (_status, _reason, detail) => void levels.push(detail?.level) };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  for (const reason of [SHUTTING_DOWN, "Server is full"]) await new Farewell(fakeSocket({}), context).run(reason, true);
  assertEquals(levels, ["debug", "warn"]);
});

Deno.test("farewell: a client that has gone is no error of ours", async () => {
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  let closed = 0;
  const context = contextOf(store, {
    readRequest: await loadRequestReader(),
    deadlines,
    log: { ...SILENT, error: fail },
  });
  const socket = failingSocket(() => closed++, new Deno.errors.ConnectionReset("Connection reset by peer"));
  await new Farewell(socket, context).run("Server is full", true);
  assertEquals(closed, 1);
});

Deno.test("farewell: a client that stays has a second to read the last line, and is let go then", async () => {
  class Watched extends Deadlines {
    readonly watched = new Set<Timed>();

    override add(timed: Timed): void {
      this.watched.add(timed);
    }

    override delete(timed: Timed): void {
      this.watched.delete(timed);
    }
  }
  const reads = Promise.withResolvers<void>(), read = Promise.withResolvers<null>();
  let closed = 0;
  const socket = fakeSocket({
    read() {
      reads.resolve();
      return read.promise;
    },
    close() {
      closed++;
      read.reject(new Deno.errors.BadResource("Bad resource ID"));
    },
  });
  using deadlines = new Watched(1000);
  await using store = await openStore("memory");
  const context = contextOf(store, {
    readRequest: await loadRequestReader(),
    deadlines,
    log: { ...SILENT, error: fail },
  });
  const farewell = new Farewell(socket, context), over = farewell.run("Server is full", true);
  assertEquals([[...deadlines.watched], farewell.deadline], [[farewell], deadlines.after(LINGER)]);
  await Promise.race([reads.promise, over]);
  assertEquals(closed, 0);
  farewell.expire();
  await over;
  assertEquals([closed, deadlines.watched.size], [1, 0]);
});
