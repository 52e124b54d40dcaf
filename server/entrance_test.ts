import { assertEquals, assertStringIncludes } from "@std/assert";
import { Authentication } from "./authentication.ts";
import { Deadlines } from "./deadlines.ts";
import { Entrance } from "./entrance.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { openStore } from "./store/mod.ts";

Deno.test("entrance: what goes wrong in it for a reason of ours is in the log, and the client is let go", async () => {
  const errors: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, refused() {}, error: (message: string) => void errors.push(message) };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const entrance = new Entrance(
    await listener.accept(),
    { certificate: undefined, authentication: await Authentication.load("secret"), timeout: 0 },
    contextOf(store, {
      readRequest: () => {
        throw new TypeError("A fault of ours");
      },
      deadlines,
      log,
    }),
    () => {},
  );
  await client.write(new TextEncoder().encode('{"op": "autenticar", "data": "secret"}'));
  await entrance.run();
  assertEquals(await client.read(new Uint8Array(1)), null);
  assertEquals(errors.length, 1);
  assertStringIncludes(errors[0], "Entrance failed: TypeError: A fault of ours");
});
