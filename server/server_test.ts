import { assertEquals } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { SILENT } from "./log/mod.ts";
import { Server } from "./server.ts";
import { SERVE_DEFAULTS } from "./settings.ts";
import { openStore } from "./store/mod.ts";
import { within } from "../tests/support/wait.ts";

/** Accepts one client and no other. */
function listenerOf(conn: Deno.Conn): Deno.Listener {
  const clients = [conn], closed = Promise.withResolvers<never>();
  return {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept: () => clients.length > 0 ? Promise.resolve(clients.pop()) : closed.promise,
    close: () => closed.reject(new Deno.errors.BadResource("Listener has been closed")),
  } as unknown as Deno.Listener;
}

Deno.test("server: it ends, and closes its store, also where closing a client's socket ends no write", async () => {
  const writing = Promise.withResolvers<void>(), requests = [new TextEncoder().encode('{"op":"mostrar"}')];
  let closes = 0, isStoreClosed = false;
  const conn = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 2 },
    read(buffer: Uint8Array) {
      const request = requests.pop()!;
      buffer.set(request);
      return Promise.resolve(request.length);
    },
    write() {
      writing.resolve();
      return new Promise(() => {});
    },
    close: () => closes++,
  } as unknown as Deno.Conn;
  const store = await openStore("memory"), close = store[Symbol.asyncDispose].bind(store);
  store[Symbol.asyncDispose] = () => {
    isStoreClosed = true;
    return close();
  };
  const place = {
    listener: listenerOf(conn),
    name: "nowhere",
    certificate: undefined,
    isPublic: false,
    remove() {},
  };
  const readRequest = await loadRequestReader();
  const server = new Server(
    { store, readRequest, places: [place], certificate: undefined, authentication: undefined },
    { ...SERVE_DEFAULTS, writeTimeout: 0 },
    SILENT,
  );
  await writing.promise;
  await within(30_000, "the end of the server", server.drain());
  assertEquals([closes, isStoreClosed], [1, true]);
});
