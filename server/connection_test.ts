import { assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { Connection } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import type { Socket } from "./socket.ts";
import { Turnstile } from "./turnstile.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { openStore } from "./store/mod.ts";

/** A socket on which everything fails with an error that loopback never gives. */
function failingSocket(closed: () => void): Deno.Conn {
  const fail = () => Promise.reject(new Error("No route to host"));
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
    assertStringIncludes(errors[0], "Connection failed: Error: No route to host");
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
