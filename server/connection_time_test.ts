import { assert, assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { closing } from "../tests/support/answers.ts";
import { contextOf, LIMITS } from "../tests/support/connection_context.ts";
import { fakeSocket } from "../tests/support/fake_socket.ts";
import { largeBoard } from "../tests/support/large_board.ts";
import { Seen } from "../tests/support/seen_connection.ts";
import { Breather } from "./breather.ts";
import { Connection } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import { LINGER, SHUTTING_DOWN } from "./farewell.ts";
import { SILENT } from "./log/mod.ts";
import { openStore } from "./store/mod.ts";
import { Turnstile } from "./turnstile.ts";

const LIST = '{"op":"mostrar"}', ADD = '{"op":"adicionar","id":1000,"data":"a"}';
const TOO_LITTLE = "Client read too little for 5 s";

/** Has every client wait until it is let through. */
class Gate extends Turnstile {
  readonly #open = Promise.withResolvers<void>();

  override pass(): Promise<void> {
    return this.#open.promise;
  }

  letThrough(): void {
    this.#open.resolve();
  }
}

Deno.test("connection: a request is not late while its client waits for its turn, and is again after it", async () => {
  const told = Promise.withResolvers<string>(), gate = new Gate();
  let isTold = false, end = () => {};
  const socket = fakeSocket({
    // the client sends no more, and goes when it is told
    read: () => new Promise((resolve) => end = () => resolve(null)),
    write: (bytes) => {
      isTold = true;
      told.resolve(new TextDecoder().decode(bytes));
      end();
      return Promise.resolve(bytes.length);
    },
  });
  const log = { ...SILENT, error: fail };
  using deadlines = new Deadlines(20);
  await using store = await openStore("memory");
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log, turnstile: gate });
  context.limits.requestTimeout = 20;
  const connection = new Connection(socket, context);
  const over = connection.run(new TextEncoder().encode('{"op":'));
  const late = deadlines.now + 200;
  while (deadlines.now < late) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(isTold, false);
  gate.letThrough();
  assertStringIncludes(await told.promise, "Request was not finished in 0.02 s");
  await over;
});

Deno.test("connection: a client that read too little is told if it reads on within a second, and no other request of it is answered", async () => {
  await using store = await largeBoard();
  await using seen = await Seen.connect(store, { limits: { ...LIMITS, writeTimeout: 5000 } });
  const { client, connection } = seen, over = seen.run(LIST + ADD);
  await client.arrived();
  connection.expire();
  // however it reads on, it has no more than that second
  seen.onEvent = () => assertEquals(connection.deadline, LINGER);
  const [listing, last] = [await client.line(), await client.line()];
  assert(listing.length > 20_000_000);
  assertEquals(last, closing(TOO_LITTLE));
  assertEquals(seen.refused, [TOO_LITTLE]);
  assertEquals(store.count(), 20);
  await client.halfClose();
  await over;
});

Deno.test("connection: a client that read too little and does not read on is let go after that second", async () => {
  await using store = await largeBoard();
  await using seen = await Seen.connect(store, { limits: { ...LIMITS, writeTimeout: 5000 } });
  const { client, connection } = seen, over = seen.run(LIST + ADD);
  await client.arrived();
  for (let times = 0; times < 2; times++) connection.expire();
  await over;
  assertEquals(seen.refused, [TOO_LITTLE]);
});

Deno.test("connection: an answer gives a client its time anew, for the next request and for one that has begun, and nothing else does", async () => {
  await using store = await openStore("memory");
  await using seen = await Seen.connect(store, { limits: { ...LIMITS, requestTimeout: 200, idleTimeout: 300 } });
  const { client, clock, connection } = seen;
  const steps: [time: number, sent: string, deadline: number][] = [
    [0, LIST, 300],
    [10, LIST, 310],
    [20, "\n", 310],
    [30, '{"op":', 230],
    [40, '"mos', 230],
    [50, 'trar"}{"op":', 250],
    [60, " ", 250],
    [70, '"mostrar"} ', 370],
  ];
  let reads = seen.until((event) => event === "read");
  seen.run();
  for (const [time, sent, deadline] of steps) {
    await reads;
    reads = seen.until((event) => event === "read");
    clock.time = time;
    await client.send(sent);
    await reads;
    assertEquals(connection.deadline, deadline, `${time}`);
  }
});

Deno.test("connection: the store takes none of its client's time, and a small answer must be read in time, too", async () => {
  await using store = await openStore("memory");
  const apply = store.apply.bind(store), seenDeadlines: number[] = [];
  await using seen = await Seen.connect(store, { limits: { ...LIMITS, writeTimeout: 5000, idleTimeout: 20 } });
  const { connection } = seen;
  const note = () => void seenDeadlines.push(connection.deadline);
  store.apply = async (batch) => {
    note();
    return await apply(batch);
  };
  const reads = seen.until((event) => {
    note();
    return event === "read";
  });
  seen.run(LIST + ADD);
  await reads;
  // at the store and at the write of the listing, at the rest between them, of the other; then at a rest and at the read
  assertEquals(seenDeadlines, [Infinity, 5000, Infinity, Infinity, 5000, 20, 20]);
});

Deno.test("connection: a client whose listing is taken back is let go, and told to the log once", async () => {
  await using store = await largeBoard();
  const apply = store.apply.bind(store);
  let takeBack = () => {};
  store.apply = async (batch) => {
    const results = await apply(batch);
    for (const result of results) {
      if (result.kind === "listed") result.listing.whenTakenBack = (tell) => void (takeBack = tell);
    }
    return results;
  };
  await using seen = await Seen.connect(store);
  const over = seen.run(LIST);
  await seen.client.arrived();
  for (let times = 0; times < 2; times++) takeBack();
  await over;
  assertEquals(seen.refused, ["Client reads a listing too slowly while others change the board"]);
});

for (const waitsFor of ["its turn", "a rest"]) {
  Deno.test(`connection: while a client waits for ${waitsFor} the time that it has does not go on`, async () => {
    await using store = await openStore("memory");
    const gate = new Gate(), limits = { ...LIMITS, requestTimeout: 20 };
    class Rest extends Breather {
      override next(): Promise<void> {
        return gate.pass();
      }
    }
    await using seen = await Seen.connect(store, {
      limits,
      ...waitsFor === "a rest" ? { breather: new Rest() } : { turnstile: gate },
    });
    const { clock, connection } = seen, reads = seen.until((event) => event === "read");
    seen.run('{"op":'.padStart(16_384));
    assertEquals(connection.deadline, Infinity);
    clock.time = 1000;
    gate.letThrough();
    await reads;
    assertEquals(connection.deadline, 1020);
  });
}

Deno.test("connection: a client that is let go while it waits has a second to read why, and no more", async () => {
  await using store = await openStore("memory");
  const turn = new Gate(), rest = new Gate(), rests = Promise.withResolvers<void>();
  class Rest extends Breather {
    override next(): Promise<void> {
      rests.resolve();
      return rest.pass();
    }
  }
  await using seen = await Seen.connect(store, { breather: new Rest(), turnstile: turn });
  const { client, connection } = seen, reads = seen.until((event) => event === "read");
  seen.run(" ".repeat(16_384));
  connection.drain();
  assertEquals(connection.deadline, LINGER);
  turn.letThrough();
  await rests.promise;
  assertEquals(connection.deadline, LINGER);
  rest.letThrough();
  await reads;
  assertEquals(connection.deadline, LINGER);
  assertEquals(await client.line(), closing(SHUTTING_DOWN));
});

Deno.test("connection: the last word of a socket whose client has sent all is waited for only so long", async () => {
  let deadline = Infinity;
  const socket = fakeSocket({
    hasLastWord: true,
    closeWrite() {
      deadline = connection.deadline;
      return Promise.resolve();
    },
  });
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  const log = { ...SILENT, error: fail };
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  context.limits.writeTimeout = 5000;
  const connection = new Connection(socket, context);
  await connection.run();
  assert(deadline < Infinity);
});

Deno.test("connection: it is told to the log once, also where closing the socket ends no write", async () => {
  const closed = Promise.withResolvers<void>(), write = Promise.withResolvers<number>();
  let time = 0;
  const socket = fakeSocket({
    read: () => Promise.reject(new Deno.errors.BadResource("Bad resource ID")),
    write: () => write.promise,
    close: closed.resolve,
  });
  const told: string[] = [];
  const log = { ...SILENT, refused: (_: number, why: string) => void told.push(why), error: fail };
  using deadlines = new Deadlines(40, () => time += 20);
  await using store = await openStore("memory");
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  context.limits.writeTimeout = 40;
  const over = new Connection(socket, context).run(new TextEncoder().encode(LIST));
  await closed.promise;
  const later = deadlines.now + 100;
  while (deadlines.now < later) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(told, ["Client read too little for 0.04 s"]);
  write.reject(new Deno.errors.BrokenPipe("Broken pipe")); // the client has gone
  await over;
});
