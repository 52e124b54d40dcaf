import { assert, assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { Breather } from "./breather.ts";
import { Connection, LINGER, SHUTTING_DOWN } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import type { Socket } from "./socket.ts";
import { Turnstile } from "./turnstile.ts";
import { closing, lines } from "../tests/support/answers.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { add } from "../tests/support/operations.ts";
import { type Event, Seen } from "../tests/support/seen_connection.ts";
import { openStore, type Store } from "./store/mod.ts";

/** A socket on which everything fails with an error that loopback never gives. */
function failingSocket(closed: () => void, error = new Error("No buffer space available")): Deno.Conn {
  const fail = () => Promise.reject(error);
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  return { remoteAddr, read: fail, write: fail, closeWrite: fail, close: closed } as unknown as Deno.Conn;
}

for (const how of ["run", "refuse"] as const) {
  Deno.test(`connection: ${how} closes and logs an error of the network, and does not reject`, async () => {
    const errors: string[] = [];
    const log = {
      debug() {},
      info() {},
      warn() {},
      refused() {},
      error: (message: string) => void errors.push(message),
    };
    using deadlines = new Deadlines(1000);
    await using store = await openStore("memory");
    let closed = 0;
    const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
    const connection = new Connection(failingSocket(() => closed++), context);
    await (how === "run" ? connection.run() : connection.refuse("Server is full", true));
    assertEquals([closed, errors.length], [1, 1]);
    assertStringIncludes(errors[0], "Connection failed: Error: No buffer space available");
  });
}

for (const code of ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"]) {
  Deno.test(`connection: a client whose machine has gone (${code}) is no error of ours`, async () => {
    const log = { debug() {}, info() {}, warn() {}, refused() {}, error: fail };
    using deadlines = new Deadlines(1000);
    await using store = await openStore("memory");
    let closed = 0;
    const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
    // as Deno has it: most of them have no class of their own
    const socket = failingSocket(() => closed++, Object.assign(new Error("(os error)"), { code }));
    await new Connection(socket, context).run();
    assertEquals(closed, 1);
  });
}

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
  const socket: Socket = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    // the client sends no more, and goes when it is told
    read: () => new Promise((resolve) => end = () => resolve(null)),
    write: (bytes) => {
      isTold = true;
      told.resolve(new TextDecoder().decode(bytes));
      end();
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
    close() {},
  };
  const log = { debug() {}, info() {}, warn() {}, refused() {}, error: fail };
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

const LIST = '{"op":"mostrar"}', ADD = '{"op":"adicionar","id":1000,"data":"a"}';
const LIMITS = { maxBytes: 100, maxDepth: 4, requestTimeout: 0, writeTimeout: 0, idleTimeout: 0 };

/** A board of more than a system holds for a client that does not read. */
async function largeBoard(): Promise<Store> {
  const store = await openStore("memory");
  await store.apply(Array.from({ length: 20 }, (_, id) => add(id, "a".repeat(1_000_000))));
  return store;
}

const TOO_LITTLE = "Client read too little for 5 s";

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

Deno.test("connection: a client that is let go while it is silent may go on sending until it has read why", async () => {
  await using store = await openStore("memory");
  await using seen = await Seen.connect(store);
  const { client, connection } = seen;
  const over = seen.run();
  connection.drain();
  assertEquals(await client.line(), closing(SHUTTING_DOWN));
  for (let times = 0; times < 3; times++) {
    const next = seen.until((event) => event === "read").then(() => "reads on");
    await client.send(ADD);
    assertEquals(await Promise.race([next, over]), "reads on");
  }
  assertEquals(store.count(), 0);
  await client.halfClose();
  await over;
});

Deno.test("connection: a client that has sent all is answered all, and not told that it is let go meanwhile", async () => {
  await using store = await openStore("memory");
  await using seen = await Seen.connect(store);
  const { client, connection } = seen;
  const reads = seen.until((event) => event === "read"), over = seen.run();
  await reads;
  // a number is whole at the end only
  await client.send("1");
  await client.halfClose();
  seen.onEvent = (event) => typeof event === "number" && connection.drain();
  assertEquals((await client.rest()).split("\n").map((line) => line.slice(0, 14)), ['{"status": 504', ""]);
  await over;
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

Deno.test("connection: the event loop may rest between batches, and before the next read after more than one of them or much at once", async () => {
  await using store = await openStore("memory");
  const LENGTH = lines(200).length;
  const expected: [string, Event[]][] = [
    [LIST, [LENGTH, "read"]],
    [LIST.repeat(3), [LENGTH, "rest", LENGTH, "rest", LENGTH, "rest", "read"]],
    [LIST.padEnd(16_383), [LENGTH, "read"]],
    [LIST.padEnd(16_384), [LENGTH, "rest", "read"]],
  ];
  for (const [first, events] of expected) {
    await using seen = await Seen.connect(store);
    const reads = seen.until((event) => event === "read");
    seen.run(first);
    await reads;
    assertEquals(seen.events, events);
  }
});

Deno.test("connection: the event loop may rest after each mebibyte of an answer, and what a rest takes is not the client's time", async () => {
  await using store = await largeBoard();
  await using seen = await Seen.connect(store, { limits: { ...LIMITS, writeTimeout: 5000 } });
  const { client, connection } = seen;
  let rests = 0, written = 0;
  seen.onEvent = (event) => {
    if (event === "rest") {
      rests++;
      assert(written >= 1_048_576, `${written}`);
      assertEquals(connection.deadline, Infinity);
      written = 0;
    } else if (event !== "read") {
      assert(written < 1_048_576, `${written}`);
      written += event;
    }
  };
  seen.run(LIST);
  assert((await client.line()).length > 20_000_000);
  assert(rests > 5 && rests <= 20, `${rests}`);
});

Deno.test("connection: a listing is given back once it is written, and when its client goes in the middle of it", async () => {
  await using store = await largeBoard();
  let underWay = 0;
  const apply = store.apply.bind(store);
  store.apply = async (batch) => {
    const results = await apply(batch);
    for (const result of results) {
      if (result.kind !== "listed") continue;
      const { listing } = result, dispose = listing[Symbol.dispose].bind(listing);
      underWay++;
      listing[Symbol.dispose] = () => {
        underWay--;
        dispose();
      };
    }
    return results;
  };
  for (const goes of [false, true]) {
    await using seen = await Seen.connect(store);
    const reads = seen.until((event) => event === "read"), over = seen.run(LIST);
    await seen.client.arrived();
    assertEquals(underWay, 1);
    if (goes) {
      seen.client[Symbol.dispose]();
      await over;
    } else {
      await Promise.all([seen.client.line(), reads]);
    }
    assertEquals(underWay, 0);
  }
});

Deno.test("connection: the last line is sent to its end, however little the socket takes at once", async () => {
  let sent = "";
  const socket: Socket = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    read: () => Promise.resolve(null),
    write(bytes) {
      const some = bytes.subarray(0, 20);
      sent += new TextDecoder().decode(some);
      return Promise.resolve(some.length);
    },
    closeWrite: () => Promise.resolve(),
    close() {},
  };
  const log = { debug() {}, info() {}, warn() {}, refused() {}, error: fail };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  await new Connection(socket, context).refuse("Server is full", false);
  assertEquals(sent, closing("Server is full"));
});

Deno.test("connection: it is told to the log once, also where closing the socket ends no write", async () => {
  const closed = Promise.withResolvers<void>(), write = Promise.withResolvers<number>();
  let time = 0;
  const socket: Socket = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    read: () => Promise.reject(new Deno.errors.BadResource("Bad resource ID")),
    write: () => write.promise,
    closeWrite: () => Promise.resolve(),
    close: closed.resolve,
  };
  const told: string[] = [];
  const log = {
    debug() {},
    info() {},
    warn() {},
    refused: (_: number, why: string) => void told.push(why),
    error: fail,
  };
  using deadlines = new Deadlines(40, () => time += 20);
  await using store = await openStore("memory");
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  context.limits.writeTimeout = 40;
  const over = new Connection(socket, context).run(new TextEncoder().encode('{"op":"mostrar"}'));
  await closed.promise;
  const later = deadlines.now + 100;
  while (deadlines.now < later) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(told, ["Client read too little for 0.04 s"]);
  write.reject(new Deno.errors.BrokenPipe("Broken pipe")); // the client has gone
  await over;
});
