import { assertEquals } from "@std/assert";
import { lines, statuses } from "./support/answers.ts";
import { ACCEPTED, FREE_ACCEPTED, FREE_REJECTED, IN_A_ROW, REJECTED } from "./support/json_cases.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";

const shown = (stream: unknown) => JSON.stringify(stream).slice(0, 200);

for (const [name, cases] of [["JSON", ACCEPTED], ["JSON at the edge of the standard", FREE_ACCEPTED]] as const) {
  Deno.test(`conformance: ${name} is answered with 504 at once, and the connection goes on`, async () => {
    await using server = await startServer();
    for (const stream of cases) {
      using client = await RawClient.connect(server.port);
      assertEquals(JSON.parse(await client.ask(stream)).status, 504, shown(stream));
      assertEquals(await client.ask('{"op":"mostrar"}'), lines(200), shown(stream));
    }
  });
}

for (
  const [name, cases] of [["what is not JSON", REJECTED], ["what is JSON to some", FREE_REJECTED]] as const
) {
  Deno.test(`conformance: ${name} is told 505, the last line`, async () => {
    await using server = await startServer();
    for (const stream of cases) {
      const [last, ...before] = statuses(await exchange(server.port, stream)).reverse();
      assertEquals(last, 505, shown(stream));
      assertEquals(before.filter((status) => status !== 504), [], shown(stream));
    }
  });
}

Deno.test("conformance: every text of several in a row is answered", async () => {
  await using server = await startServer();
  for (const [stream, count] of IN_A_ROW) {
    assertEquals(statuses(await exchange(server.port, stream)), Array(count).fill(504), shown(stream));
  }
});
