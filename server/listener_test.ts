import { assertEquals } from "@std/assert";
import { Listener } from "./listener.ts";

Deno.test("what fails with one client is told, and the next one is accepted", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), told: string[] = [];
  const second = Promise.withResolvers<void>();
  let admitted = 0;
  await using _ = new Listener(
    listener,
    (conn) => {
      conn.close();
      if (++admitted === 1) return Promise.reject(new Error("No room"));
      second.resolve();
      return Promise.resolve();
    },
    ({ message }) => told.push(message),
  );
  for (let client = 0; client < 2; client++) (await Deno.connect({ port: listener.addr.port })).close();
  await second.promise;
  assertEquals(told, ["No room"]);
});
