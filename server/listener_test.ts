import { assert, assertEquals } from "@std/assert";
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

Deno.test("accepting that fails is told, once for a reason until it succeeds, and tried again", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), told: [message: string, isRepeated: boolean][] = [];
  const reset = new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)");
  const refused = new Error("Operation not permitted"), broken = new Error("Input/output error");
  const outcomes = [reset, refused, refused, broken, "client", broken, "client"];
  const both = Promise.withResolvers<void>();
  let admitted = 0;
  await using _ = new Listener(
    {
      accept() {
        const outcome = outcomes.shift();
        return outcome instanceof Error ? Promise.reject(outcome) : listener.accept();
      },
      close: () => listener.close(),
    } as Deno.Listener,
    (conn) => {
      conn.close();
      if (++admitted === 2) both.resolve();
      return Promise.resolve();
    },
    ({ message }, isRepeated) => told.push([message, isRepeated]),
  );
  for (let client = 0; client < 2; client++) (await Deno.connect({ port: listener.addr.port })).close();
  await both.promise;
  assertEquals(told, [
    ["Operation not permitted", false],
    ["Operation not permitted", true],
    ["Input/output error", false],
    ["Input/output error", false],
  ]);
});

const WAITING = 3000;

/** Whether so many can wait to be accepted. */
const isQueueLong = (() => {
  try {
    return Number(Deno.readTextFileSync("/proc/sys/net/core/somaxconn")) >= 4096;
  } catch {
    return false; // no Linux
  }
})();

Deno.test({
  name: "while thousands wait to be accepted, who has sent something is heard",
  ignore: !isQueueLong,
  async fn() {
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ port: other.addr.port });
    using served = await other.accept();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4096 });
    for (let waiting = 0; waiting < WAITING; waiting++) (await Deno.connect({ port: listener.addr.port })).close();
    const all = Promise.withResolvers<void>();
    let admitted = 0, admittedWhenHeard = 0, sent: Promise<unknown> | undefined;
    const heard = served.read(new Uint8Array(1)).then(() => admittedWhenHeard = admitted);
    await using _ = new Listener(
      listener,
      (conn) => {
        conn.close();
        admitted++;
        if (admitted === 200) sent = client.write(new Uint8Array(1));
        if (admitted === WAITING) all.resolve();
        return Promise.resolve();
      },
      () => {},
    );
    await Promise.all([all.promise, heard]);
    await sent;
    assert(admittedWhenHeard < WAITING - 500, `${admittedWhenHeard} were accepted before`);
  },
});
