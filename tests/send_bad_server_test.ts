import { assertEquals } from "@std/assert";
import { answering, type Behaviour, FakeServer, silent } from "./support/fake_server.ts";
import { send } from "./support/send.ts";
import { line } from "./support/answers.ts";

const MAYBE = "the request may have been carried out";
const BAD_SERVERS: [name: string, Behaviour, code: number, status: number, reason: string, todo: string][] = [
  [
    "69 when the server closes before the answer",
    answering(""),
    69,
    505,
    "Server closed the connection before the answer",
    MAYBE,
  ],
  [
    "69 when the server closes in mid-answer",
    answering('{"status": 200, "mess'),
    69,
    505,
    "Server closed the connection in the middle of an answer",
    MAYBE,
  ],
  [
    "75 when the server never answers",
    silent,
    75,
    504,
    "No answer came in 0.2 s",
    `${MAYBE}; --timeout gives the server more time`,
  ],
  [
    "75 when the server stops in mid-answer",
    async (client) => {
      await client.request();
      await client.write('{"status": 200, "mess');
      await client.gone();
    },
    75,
    504,
    "Only a part of the answer came in 0.2 s",
    `${MAYBE}; --timeout gives the server more time`,
  ],
  [
    "76 at an answer that is no JSON",
    answering("HTTP/1.1 400 Bad Request\r\n\r\n"),
    76,
    505,
    "Server sent what is no answer: Answer is not JSON: unexpected 'H'",
    MAYBE,
  ],
  [
    "76 at JSON that is no answer",
    answering('{"ok": true}'),
    76,
    505,
    "Server sent what is no answer: Cannot read the answer: status is wrong (Invalid input)",
    MAYBE,
  ],
  [
    "76 at a success of another operation",
    answering('{"status": 201, "message": "Mensagem criada", "data": "7"}\n'),
    76,
    505,
    "Server sent what is no answer to mostrar: 201 Mensagem criada",
    MAYBE,
  ],
  [
    "76 at a status that no answer has",
    answering('{"status": 299, "message": "Feito", "data": ""}\n'),
    76,
    505,
    "Server sent what is no answer to mostrar: 299 Feito",
    MAYBE,
  ],
];

for (const [name, behaviour, code, status, reason, todo] of BAD_SERVERS) {
  Deno.test(`send exits ${name}`, async () => {
    await using server = new FakeServer(behaviour);
    const message = status === 504 ? "Mensagem não foi enviada" : "Conexão encerrada";
    const [printed, quiet] = await Promise.all(
      [[], ["-q"]].map((more) => send(["mostrar", "--timeout", "0.2", ...more], { port: server.port })),
    );
    assertEquals(printed, { code, stdout: line(status, message, reason), stderr: `recado: ${reason}; ${todo}\n` });
    assertEquals(quiet, { code, stdout: "", stderr: "" });
  });
}

Deno.test("in bulk a status that no answer has exits 76 and is told, and its data is no id", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
    await client.write('{"status": 299, "message": "Feito", "data": "7"}\n');
    await client.request();
    await client.write('{"status": 201, "message": "Mensagem criada", "data": "8"}\n');
  });
  const { code, stdout, stderr } = await send(["--lines", "-o", "ids"], { port: server.port, stdin: "a\nb\n" });
  assertEquals([code, stdout, stderr], [76, "8\n", "recado: Feito (299): 7\n"]);
});

Deno.test("send exits 76 when an answer holds no listing, and has none to print", async () => {
  await using server = new FakeServer(answering(line(200, "OK", "[1]")));
  const { code, stdout, stderr } = await send(["mostrar", "-o", "ids"], { port: server.port });
  assertEquals([code, stdout, stderr.split(":")[1]], [76, "", " Cannot read the listing"]);
});
