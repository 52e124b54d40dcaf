import { assertEquals } from "@std/assert";
import { readListing, responseLine } from "../protocol/mod.ts";
import { lines } from "./support/answers.ts";
import { bytesOf } from "./support/bytes.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { onEachStore } from "./support/stores.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** The exchanges of the description that the product was made from, requests as they stand there. */
const DESCRIPTION: [request: string, line: string][] = [
  [
    '{"op": "mostrar", "id": "", "data": ""}',
    "{\"status\": 200, \"message\": \"OK\", \"data\": \"{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}\"}\n",
  ],
  ['{"op": "adicionar", "id": 3, "data": "teste"}', '{"status": 201, "message": "Mensagem criada", "data": ""}\n'],
  [
    '{"op": "adicionar", "id": 3, "data": "teste"}',
    '{"status": 401, "message": "Não foi possível adicionar a mensagem", "data": ""}\n',
  ],
  ['{"op": "deletar", "id": 3, "data": ""}', '{"status": 202, "message": "Mensagem deletada", "data": ""}\n'],
  ['{"op": "deletar", "id": 3, "data": ""}', '{"status": 402, "message": "ID não existe", "data": ""}\n'],
  [
    '{"op": "deletar", "id": "", "data": ""}',
    '{"status": 403, "message": "Não foi possível deletar a mensagem", "data": ""}\n',
  ],
  ['{"id": 3, "op": "deletar", "data": ""}', '{"status": 402, "message": "ID não existe", "data": ""}\n'],
];

const TEXT = "é漢😀 it's \\\"\\u0000\\ud83d\\ude00\\n";

/** A session that leaves the board as it was: pieces that are whole requests, and their answers. */
const SESSION: [request: string, line: string][] = [
  ['{"op":"adicionar","id":1,"data":"abc"}', '{"status": 201, "message": "Mensagem criada", "data": ""}\n'],
  [` {"op":"adicionar","id":2,"data":"${TEXT}"}`, '{"status": 201, "message": "Mensagem criada", "data": ""}\n'],
  [
    '\r\n{"op":"x"}',
    '{"status": 504, "message": "Mensagem não foi enviada", "data": "Unknown operation \\"x\\""}\n',
  ],
  [
    '{"op":"mostrar"}',
    '{"status": 200, "message": "OK", "data": "{\'id\': 1, \'mensagem\': \'abc\'},' +
    "{'id': 2, 'mensagem': 'é漢😀 it\\\\'s \\\"\\\\x00😀\\\\n'}\"}\n",
  ],
  [
    '{"op":"mostrar","data":"json"}',
    '{"status": 200, "message": "OK", "data": "[{\\"id\\":1,\\"mensagem\\":\\"abc\\"},' +
    '{\\"id\\":2,\\"mensagem\\":\\"é漢😀 it\'s \\\\\\"\\\\u0000😀\\\\n\\"}]"}\n',
  ],
  ['{"op":"deletar","id":1}', '{"status": 202, "message": "Mensagem deletada", "data": ""}\n'],
  ['{"op":"deletar","id":2}', '{"status": 202, "message": "Mensagem deletada", "data": ""}\n'],
  ['{"op":"deletar","id":1}', '{"status": 402, "message": "ID não existe", "data": ""}\n'],
  [
    "[]",
    '{"status": 504, "message": "Mensagem não foi enviada", "data": "Request is not an object with a text \\"op\\""}\n',
  ],
];
const REQUESTS = SESSION.map(([request]) => request).join("");
const LINES = SESSION.map(([, line]) => line).join("");

onEachStore("the exchanges of the description, byte for byte, without a newline", async (store) => {
  await using server = await startServer({ store, demo: true });
  using client = await RawClient.connect(server.port);
  for (const [request, line] of DESCRIPTION) assertEquals(await client.ask(request), line);
});

onEachStore("a session in one write, then the end: all is answered, byte for byte, then the end", async (store) => {
  await using server = await startServer({ store });
  assertEquals(await exchange(server.port, REQUESTS), LINES);
});

onEachStore("the session split in two at every byte has the same answers, each as soon as it can be", async (store) => {
  await using server = await startServer({ store });
  const bytes = bytesOf(REQUESTS);
  for (let at = 1; at < bytes.length; at++) {
    using client = await RawClient.connect(server.port);
    await client.send(bytes.subarray(0, at));
    let end = 0;
    const whole = SESSION.filter(([request]) => (end += bytesOf(request).length) <= at).length;
    const first = await client.lines(whole);
    await client.send(bytes.subarray(at));
    await client.halfClose();
    assertEquals(first.join("") + await client.rest(), LINES);
  }
});

onEachStore("the session a byte at a time has the same answers", async (store) => {
  await using server = await startServer({ store });
  using client = await RawClient.connect(server.port);
  for (const byte of bytesOf(REQUESTS)) await client.send([byte]);
  await client.halfClose();
  assertEquals(await client.rest(), LINES);
});

onEachStore("the server picks an id above the highest it ever had, and says it", async (store) => {
  await using server = await startServer({ store });
  const picked = (id: string) => `{"status": 201, "message": "Mensagem criada", "data": "${id}"}\n`;
  using client = await RawClient.connect(server.port);
  assertEquals(await client.ask('{"op":"adicionar","id":"","data":"a"}'), picked("1"));
  assertEquals(await client.ask('{"op":"adicionar","id":7,"data":"b"}'), lines(201));
  assertEquals(await client.ask('{"op":"adicionar","data":"c"}'), picked("8"));
  assertEquals(await client.ask('{"op":"deletar","id":8}'), lines(202));
  assertEquals(await client.ask('{"op":"adicionar","data":"d"}'), picked("9"));
});

onEachStore("10,000 requests in one write are answered in order", async (store) => {
  await using server = await startServer({ store });
  const adds = Array.from({ length: 10_000 }, (_, id) => `{"op":"adicionar","id":${id * 2},"data":"${id}"}`);
  assertEquals(await exchange(server.port, adds.join("")), lines(201).repeat(10_000));
  const mixed = Array.from({ length: 10_000 }, (_, id) => `{"op":"deletar","id":${id}}`);
  assertEquals(await exchange(server.port, mixed.join("\n")), lines(202, 402).repeat(5000));
  const left = JSON.parse(await exchange(server.port, '{"op":"mostrar"}'));
  assertEquals((await readListing(left.data)).map(({ id }) => id), adds.slice(5000).map((_, at) => 10_000 + at * 2));
});

onEachStore("50 clients that add the same id at once: one 201, the others 401", async (store) => {
  await using server = await startServer({ store });
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(server.port)));
  for (let id = 0; id < 20; id++) {
    const answers = await Promise.all(
      clients.map((client, at) => client.ask(`{"op":"adicionar","id":${id},"data":"${at}"}`)),
    );
    assertEquals(answers.toSorted(), [lines(201), ...Array<string>(49).fill(lines(401))]);
  }
  for (const client of clients) client[Symbol.dispose]();
});

onEachStore("a listing larger than every socket buffer arrives whole, between its neighbours", async (store) => {
  await using server = await startServer({ store });
  const text = "漢".repeat(10_000);
  const adds = Array.from({ length: 600 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${text}"}`).join("");
  assertEquals(await exchange(server.port, adds), lines(201).repeat(600));
  using client = await RawClient.connect(server.port);
  await client.send('{"op":"x"}{"op":"mostrar"}{"op":"deletar","id":5}{"op":"mostrar","data":"json"}{"op":"x"}');
  await client.halfClose();
  const [first, python, deleted, json, last] = await client.lines(5);
  assertEquals([first, deleted, last].map((line) => JSON.parse(line).status), [504, 202, 504]);
  const messages = Array.from({ length: 600 }, (_, id) => ({ id, mensagem: text }));
  assertEquals(await readListing(JSON.parse(python).data), messages);
  assertEquals(await readListing(JSON.parse(json).data), messages.toSpliced(5, 1));
  assertEquals(await client.line(), "");
});

onEachStore("a listing being read slowly stays as it was while the board changes", async (store) => {
  await using server = await startServer({ store });
  const adds = Array.from({ length: 600 }, (_, id) => `{"op":"adicionar","id":${id},"data":"${"a".repeat(20_000)}"}`);
  await exchange(server.port, adds.join(""));
  using slow = await RawClient.connect(server.port);
  await slow.send('{"op":"mostrar"}');
  await slow.arrived();
  const deletes = Array.from({ length: 600 }, (_, id) => `{"op":"deletar","id":${id}}`);
  assertEquals(await exchange(server.port, deletes.join("")), lines(202).repeat(600));
  const seen = await readListing(JSON.parse(await slow.line()).data);
  assertEquals(seen, Array.from({ length: 600 }, (_, id) => ({ id, mensagem: "a".repeat(20_000) })));
  assertEquals(await slow.ask('{"op":"mostrar"}'), lines(200));
});

Deno.test("wire: --demo puts two messages on an empty board alone", async () => {
  const demo =
    "{\"status\": 200, \"message\": \"OK\", \"data\": \"{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}\"}\n";
  await using folder = new TempFolder();
  const store = `sqlite:${folder.file("board.db")}`;
  {
    await using server = await startServer({ store, demo: true });
    assertEquals(await exchange(server.port, '{"op":"mostrar"}{"op":"deletar","id":1}'), demo + lines(202));
  }
  await using server = await startServer({ store, demo: true });
  assertEquals(
    await exchange(server.port, '{"op":"mostrar"}'),
    '{"status": 200, "message": "OK", "data": "{\'id\': 2, \'mensagem\': \'fgh\'}"}\n',
  );
});

/** What is refused, and the reason that --explain puts in `data`. */
const EXPLAINED: [request: string, status: 401 | 402 | 403, reason: string][] = [
  ['{"op":"adicionar","id":1,"data":"a"}', 401, "Cannot adicionar: id 1 is taken"],
  ['{"op":"adicionar","id":3}', 401, "Cannot adicionar: data is missing, expected a well-formed text"],
  ['{"op":"deletar","id":3}', 402, "Cannot deletar: id 3 is not on the board"],
  [
    '{"op":"deletar"}',
    403,
    "Cannot deletar: id is missing, expected an integer from -9007199254740991 to 9007199254740991",
  ],
];

Deno.test("wire: with --explain a refusal says why, without it only the log does", async () => {
  for (const explain of [true, false]) {
    await using server = await startServer({ demo: true, explain });
    using client = await RawClient.connect(server.port);
    for (const [request, status, reason] of EXPLAINED) {
      assertEquals(await client.ask(request), explain ? responseLine(status, reason) : lines(status));
      assertEquals(server.log.refused.at(-1), [status, reason]);
    }
  }
});

Deno.test("wire: with --explain the id that is left above no more is named so", async () => {
  await using server = await startServer({ explain: true });
  assertEquals(
    await exchange(server.port, '{"op":"adicionar","id":9007199254740991,"data":"a"}{"op":"adicionar","data":"b"}'),
    lines(201) + responseLine(401, "Cannot adicionar: no id is left above the highest"),
  );
});
