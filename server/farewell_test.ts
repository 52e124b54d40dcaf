import { assertEquals, assertStringIncludes, fail } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { closing } from "../tests/support/answers.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { failingSocket, fakeSocket } from "../tests/support/fake_socket.ts";
import { Deadlines } from "./deadlines.ts";
import { Farewell } from "./farewell.ts";
import { SILENT } from "./log/mod.ts";
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
