import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { Board } from "../server/board.ts";
import { Budget } from "../server/budget.ts";
import { Connection } from "../server/connection.ts";
import { Deadlines } from "../server/deadlines.ts";
import { Turnstile } from "../server/turnstile.ts";
import { openStore } from "../server/store/mod.ts";

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
    const connection = new Connection(failingSocket(() => closed++), {
      readRequest: await loadRequestReader(),
      board: new Board(store, log, { explain: false }),
      deadlines,
      turnstile: new Turnstile(),
      limits: { maxBytes: 100, maxDepth: 4, requestTimeout: 0, writeTimeout: 0, idleTimeout: 0 },
      log,
      unfinished: new Budget(1000),
    });
    await (how === "run" ? connection.run() : connection.refuse("Server is full", true));
    assertEquals([closed, errors.length], [1, 1]);
    assertStringIncludes(errors[0], "Connection failed: Error: No route to host");
  });
}
