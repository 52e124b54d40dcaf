import { assertEquals, assertRejects } from "@std/assert";
import { ClosedError, connect, RefusedError } from "../client/mod.ts";
import { OriginalClient, OriginalServer } from "./support/original.ts";
import { hasPython } from "./support/python.ts";
import { send } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";

/** A test against a program in Python, skipped by name where there is no `python3`. */
function original(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasPython, fn });
}

const TEXTS = [`it's`, `"quoted"`, `it's "both"`, "back\\slash\n\ttab", "é 漢 😀 \x00\x7f\x9b"];
const DEMO = [{ id: 1, mensagem: "abc" }, { id: 2, mensagem: "fgh" }];

original("the library adds, lists and deletes on the original server, whatever the quotes", async () => {
  await using server = await OriginalServer.start();
  await using client = await connect({ port: server.port });
  const ids = await Promise.all(TEXTS.map((text, at) => client.add(text, at + 3)));
  assertEquals(await client.list(), [...DEMO, ...TEXTS.map((mensagem, at) => ({ id: ids[at], mensagem }))]);
  await client.delete(3);
  await assertRejects(() => client.delete(3), RefusedError, "Server answered 402 ID não existe");
  await assertRejects(() => client.add("x", 1), RefusedError, "Server answered 401");
  await assertRejects(() => client.request({ op: "nonsense" }), ClosedError, "before the answer");
});

original("send prints what the original server says in every form, and its exit code", async () => {
  await using server = await OriginalServer.start();
  const runs: [args: string[], code: number, stdout: string][] = [
    [
      ["mostrar"],
      0,
      `{'status': 200, 'message': 'OK', 'data': "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}"}\n`,
    ],
    [["mostrar", "--json"], 0, `{"status":200,"message":"OK","data":${JSON.stringify(DEMO)}}\n`],
    [["mostrar", "-o", "text"], 0, "id  mensagem\n 1  abc\n 2  fgh\n"],
    [["adicionar", "1", "x"], 1, "{'status': 401, 'message': 'Não foi possível adicionar a mensagem', 'data': ''}\n"],
    [["deletar", "9", "--json"], 1, '{"status":402,"message":"ID não existe","data":""}\n'],
    [["--health"], 0, ""],
  ];
  const ended = await Promise.all(runs.map(([args]) => send(args, { port: server.port })));
  assertEquals(ended, runs.map(([, code, stdout]) => ({ code, stdout, stderr: "" })));
});

original(
  "bulk input goes to the original server one request at a time, and comes back as a listing of 300",
  async () => {
    await using server = await OriginalServer.start();
    const texts = Array.from({ length: 300 }, (_, at) => `${TEXTS[at % TEXTS.length]} ${at}`);
    const stdin = texts.map((data, at) => JSON.stringify({ op: "adicionar", id: at + 3, data })).join("");
    const added = await send(["-", "-o", "json"], { port: server.port, stdin });
    assertEquals(added, {
      code: 0,
      stdout: '{"status":201,"message":"Mensagem criada","data":""}\n'.repeat(300),
      stderr: "",
    });
    const { stdout } = await send(["mostrar", "--json"], { port: server.port });
    assertEquals(JSON.parse(stdout).data, [...DEMO, ...texts.map((mensagem, at) => ({ id: at + 3, mensagem }))]);
  },
);

original("when the original server drops the connection, what was waiting has its line", async () => {
  await using server = await OriginalServer.start();
  const stdin = '{"op": "mostrar", "id": "", "data": ""}{"op": "x", "id": "", "data": ""}{"op": "mostrar"}';
  const { code, stdout } = await send(["-", "-o", "json"], { port: server.port, stdin });
  const statuses = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).status);
  assertEquals([code, statuses], [69, [200, 505, 505]]);
});

const TYPED: [line: string, shown: string][] = [
  [
    '{"op": "mostrar", "id": "", "data": ""}',
    `{"status": 200, "message": "OK", "data": "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}"}`,
  ],
  ['{"op": "adicionar", "id": 3, "data": "teste"}', '{"status": 201, "message": "Mensagem criada", "data": ""}'],
  [
    '{"op": "adicionar", "id": 3, "data": "teste"}',
    '{"status": 401, "message": "Não foi possível adicionar a mensagem", "data": ""}',
  ],
  ['{"op": "deletar", "id": 3, "data": ""}', '{"status": 202, "message": "Mensagem deletada", "data": ""}'],
  ['{"op": "deletar", "id": 3, "data": ""}', '{"status": 402, "message": "ID não existe", "data": ""}'],
];

original("the original client is answered by the server line by line, without sending a newline", async () => {
  await using server = await startServer({ demo: true });
  await using client = new OriginalClient(server.port);
  for (const [line, shown] of TYPED) assertEquals(await client.type(line), shown);
  assertEquals(await client.leave(), "");
});

original("the original client shows a listing of 300 messages, and the reason for which it is let go", async () => {
  await using server = await startServer();
  await using ours = await connect({ port: server.port });
  const texts = Array.from({ length: 300 }, (_, at) => `${TEXTS[at % TEXTS.length]} ${at}`);
  await Promise.all(texts.map((text) => ours.add(text)));
  await using client = new OriginalClient(server.port);
  const { text } = await ours.request({ op: "mostrar" });
  assertEquals(await client.type('{"op": "mostrar", "id": "", "data": ""}'), text);
  const reason = "Request is not JSON: unexpected 'h'";
  assertEquals(await client.type("hello"), `{"status": 505, "message": "Conexão encerrada", "data": "${reason}"}`);
});
