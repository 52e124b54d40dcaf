import { assertEquals, assertStringIncludes, fail } from "@std/assert";
import { Authentication } from "./authentication.ts";
import { Deadlines } from "./deadlines.ts";
import { Entrance } from "./entrance.ts";
import { loadRequestReader } from "../protocol/mod.ts";
import { closing } from "../tests/support/answers.ts";
import { contextOf } from "../tests/support/connection_context.ts";
import { RawClient } from "../tests/support/raw_client.ts";
import { within } from "../tests/support/wait.ts";
import { SILENT } from "./log/mod.ts";
import { openStore } from "./store/mod.ts";

Deno.test("entrance: what goes wrong in it for a reason of ours is in the log, and the client is let go", async () => {
  const errors: string[] = [];
  const log = { ...SILENT, error: (message: string) => void errors.push(message) };
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

Deno.test("entrance: a client that is let go while its token is to wait does not wait on, and its token is not looked at", async () => {
  const log = { ...SILENT, error: fail };
  using deadlines = new Deadlines(1000);
  await using store = await openStore("memory");
  for (const ends of ["drain", "abort"] as const) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [conn, client] = await Promise.all([listener.accept(), RawClient.connect(listener.addr.port)]);
    const authentication = await Authentication.load("secret"), waits = Promise.withResolvers<void>();
    authentication.delay = () => {
      waits.resolve();
      return 2 ** 30; // days
    };
    let looks = 0;
    authentication.check = () => {
      looks++;
      return undefined;
    };
    const context = contextOf(store, { readRequest: await loadRequestReader(), deadlines, log });
    const entrance = new Entrance(conn, { certificate: undefined, authentication, timeout: 0 }, context, () => {});
    const over = entrance.run();
    await client.send('{"op":"autenticar","data":"secret"}');
    await waits.promise;
    entrance[ends]();
    assertEquals(await client.rest(), ends === "drain" ? closing("Server is shutting down") : "");
    client[Symbol.dispose]();
    await within(30_000, "the end", over);
    assertEquals(looks, 0);
  }
});
