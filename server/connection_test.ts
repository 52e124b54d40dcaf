import { assert, assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { closing, lines } from "../tests/support/answers.ts";
import { contextOf, LIMITS } from "../tests/support/connection_context.ts";
import { failingSocket, fakeSocket } from "../tests/support/fake_socket.ts";
import { largeBoard } from "../tests/support/large_board.ts";
import { type Event, Seen } from "../tests/support/seen_connection.ts";
import { Budget } from "./budget.ts";
import { Connection } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import { SHUTTING_DOWN } from "./farewell.ts";
import { SILENT } from "./log/mod.ts";
import { openStore } from "./store/mod.ts";
import { Turnstile } from "./turnstile.ts";

const LIST = '{"op":"mostrar"}', ADD = '{"op":"adicionar","id":1000,"data":"a"}';

Deno.test("connection: an error of the network closes and is logged, and does not reject", async () => {
  const errors: string[] = [];
  const log = { ...SILENT, error: (message: string) => void errors.push(message) };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  let closed = 0;
  const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
  await new Connection(failingSocket(() => closed++), context).run();
  assertEquals([closed, errors.length], [1, 1]);
  assertStringIncludes(errors[0], "Connection failed: Error: No buffer space available");
});

for (const code of ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"]) {
  Deno.test(`connection: a client whose machine has gone (${code}) is no error of ours`, async () => {
    const log = { ...SILENT, error: fail };
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

Deno.test("connection: answers are sent to their end, each byte once, however little the socket takes at once", async () => {
  let sent = "";
  const socket = fakeSocket({
    write(bytes) {
      const some = bytes.subarray(0, 20);
      sent += new TextDecoder().decode(some);
      return Promise.resolve(some.length);
    },
  });
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  const context = contextOf(store, {
    readRequest: await loadRequestReader(),
    deadlines,
    log: { ...SILENT, error: fail },
  });
  await new Connection(socket, context).run(new TextEncoder().encode(ADD + LIST + ADD));
  const listing = '{"status": 200, "message": "OK", "data": "{\'id\': 1000, \'mensagem\': \'a\'}"}\n';
  assertEquals(sent, lines(201) + listing + lines(401));
});

Deno.test("connection: what a client has begun, and that it is there, counts until it has gone and no longer", async () => {
  class Door extends Turnstile {
    open = 0;

    override opened(): void {
      this.open++;
    }

    override closed(): void {
      this.open--;
    }
  }
  await using store = await openStore("memory");
  const unfinished = new Budget(100), turnstile = new Door();
  await using seen = await Seen.connect(store, { unfinished, turnstile });
  const reads = seen.until((event) => event === "read"), over = seen.run('{"op":"mos');
  await reads;
  assertEquals([turnstile.open, unfinished.exchange(0, 100)], [1, false]);
  seen.client[Symbol.dispose]();
  await over;
  assertEquals([turnstile.open, unfinished.exchange(0, 100)], [0, true]);
});

for (
  const [what, first, reason] of [
    ["is let go while it is silent", "", SHUTTING_DOWN],
    ["sends what is not JSON", "}", "Request is not JSON: unexpected '}'"],
  ]
) {
  Deno.test(`connection: a client that ${what} may go on sending until it has read why`, async () => {
    await using store = await openStore("memory");
    await using seen = await Seen.connect(store);
    const { client, connection } = seen;
    const over = seen.run(first);
    if (first === "") connection.drain();
    assertEquals(await client.line(), closing(reason));
    for (let times = 0; times < 3; times++) {
      const next = seen.until((event) => event === "read").then(() => "reads on");
      await client.send(ADD);
      assertEquals(await Promise.race([next, over]), "reads on");
    }
    assertEquals(store.count(), 0);
    await client.halfClose();
    await over;
  });
}

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
