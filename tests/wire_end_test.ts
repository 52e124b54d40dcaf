import { assertEquals } from "@std/assert";
import { closing, lines, statuses } from "./support/answers.ts";
import { bytesOf } from "./support/bytes.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { onEachStore } from "./support/stores.ts";

const ADD = '{"op":"adicionar","id":1,"data":"a"}', AGAIN = '{"op":"adicionar","id":2,"data":"never"}';
const JSON_LISTING = '{"op":"mostrar","data":"json"}';
const ONE_LISTED = '{"status": 200, "message": "OK", "data": "[{\\"id\\":1,\\"mensagem\\":\\"a\\"}]"}\n';

/** What ends a connection, and why. */
const ENDINGS: Record<string, [bad: string | number[], reason: string]> = {
  "a stray closing brace": ["}", "Request is not JSON: unexpected '}'"],
  "HTTP": ["GET / HTTP/1.1\r\n\r\n", "Request is not JSON: unexpected 'G'"],
  "a byte order mark": ["\ufeff{}", "Request is not JSON: unexpected byte 0xef"],
  "TLS": [[0x16, 3, 1, 2, 0], "Request is not JSON: unexpected byte 0x16"],
  "a newline in a string": ['{"op":"\n"}', "Request is not JSON: control character in a string"],
  "what has the brackets of JSON only": ['{"op": mostrar}', "Request is not JSON"],
  "a trailing comma": ['{"op":"mostrar",}', "Request is not JSON"],
  "apostrophes": ["{'op':'mostrar'}", "Request is not JSON"],
  "what is not UTF-8": [[0x7b, 0x22, 0xff, 0x22, 0x7d], "Request is not UTF-8"],
  "a request over the size": [
    JSON.stringify({ op: "mostrar", data: "a".repeat(200) }),
    "Request is larger than 200 bytes",
  ],
  "a request over the size that never ends": [`{"op":"${"a".repeat(5000)}`, "Request is larger than 200 bytes"],
  "a request over the depth": [`{"op":${"[".repeat(4)}${"]".repeat(4)}}`, "Request is nested deeper than 4 levels"],
  "brackets without an end": ["[".repeat(100_000), "Request is nested deeper than 4 levels"],
};

for (const [name, [bad, reason]] of Object.entries(ENDINGS)) {
  onEachStore(
    `${name}: what came before is answered, then 505, then the end, and nothing after it is done`,
    async (store) => {
      await using server = await startServer({ store, maxRequestBytes: 200, maxDepth: 4 });
      using client = await RawClient.connect(server.port);
      await client.send(Uint8Array.from([...bytesOf(ADD + JSON_LISTING), ...bytesOf(bad), ...bytesOf(AGAIN)]));
      // without an end from the client's side
      assertEquals(await client.rest(), lines(201) + ONE_LISTED + closing(reason));
      assertEquals(server.log.refused, [[505, reason]]);
      assertEquals(await exchange(server.port, JSON_LISTING), ONE_LISTED);
    },
  );
}

/** What a client may leave unfinished. */
const UNFINISHED = ["{", '{"op":"mostrar"', '"', '"\\', "tru", "[[]"];

onEachStore("the end inside of a request: what came before is answered, then 505", async (store) => {
  for (const unfinished of UNFINISHED) {
    await using server = await startServer({ store });
    assertEquals(
      await exchange(server.port, `{"op":"deletar","id":7} ${unfinished}`),
      lines(402) + closing("Request is cut off by the end of the stream"),
    );
  }
});

onEachStore("the end between requests: no 505", async (store) => {
  await using server = await startServer({ store });
  for (const stream of ["", "\n", " \r\n\t"]) assertEquals(await exchange(server.port, stream), "");
  assertEquals(await exchange(server.port, '\n{"op":"mostrar"}\n\n'), lines(200));
  assertEquals(server.log.refused, []);
});

onEachStore("a number that the end closes is a text like any other", async (store) => {
  await using server = await startServer({ store });
  assertEquals(statuses(await exchange(server.port, '{"op":"mostrar"}42')), [200, 504]);
  assertEquals(await exchange(server.port, "-"), closing("Request is not JSON"));
});

onEachStore("JSON that is no request is answered with 504, and the connection goes on", async (store) => {
  await using server = await startServer({ store });
  using client = await RawClient.connect(server.port);
  for (
    const text of ["{}", "[]", '"mostrar"', "true", "null", "1 ", '{"op":1}', '{"op":"Mostrar"}', '[{"op":"mostrar"}]']
  ) {
    assertEquals(JSON.parse(await client.ask(text)).status, 504);
    assertEquals(await client.ask('{"op":"mostrar"}'), lines(200));
  }
});

Deno.test("wire end: a request of exactly the largest size is answered, a byte more is not", async () => {
  const request = (size: number) => `{"op":"x","data":"${"é".repeat((size - 20) / 2)}"}`;
  for (const size of [200, 1_048_576]) {
    await using server = await startServer({ maxRequestBytes: size });
    assertEquals(bytesOf(request(size)).length, size);
    assertEquals(statuses(await exchange(server.port, request(size).repeat(3))), [504, 504, 504]);
    assertEquals(
      await exchange(server.port, request(size) + ` ${request(size + 2)}`.replace("é", "e")).then(statuses),
      [504, 505],
    );
  }
});

Deno.test("wire end: a request of exactly the greatest depth is answered, a level more is not", async () => {
  await using server = await startServer({ maxDepth: 64 });
  const nested = (depth: number) => `{"op":"mostrar","id":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  assertEquals(await exchange(server.port, nested(64).repeat(2)), lines(200, 200));
  assertEquals(await exchange(server.port, nested(64) + nested(65)).then(statuses), [200, 505]);
});

Deno.test("wire end: a client that goes on sending still gets the last line", async () => {
  await using server = await startServer({ maxRequestBytes: 1000 });
  using client = await RawClient.connect(server.port);
  const sent = client.send("[".padEnd(3_000_000)).then(() => client.halfClose());
  assertEquals(await client.rest(), closing("Request is larger than 1000 bytes"));
  await sent;
});

Deno.test("wire end: no reason quotes what was sent", async () => {
  await using server = await startServer();
  for (const stream of ['{"data":"secret",}', '{"op":secret}', "secret", '{"secret": nul}']) {
    const answer = await exchange(server.port, stream);
    assertEquals(answer.includes("secret"), false, answer);
  }
});
