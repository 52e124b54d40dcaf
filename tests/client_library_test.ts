import { assertEquals, assertRejects } from "@std/assert";
import {
  AnswerError,
  ClosedError,
  connect,
  ConnectError,
  GarbageError,
  QueueFullError,
  RefusedError,
  TimeoutError,
} from "../client/mod.ts";
import { answering, type Behaviour, FakeServer, silent, unusedPort } from "./support/fake_server.ts";
import { startServer } from "./support/start_server.ts";

const LAST = '{"status": 505, "message": "Conexão encerrada", "data": "Server is shutting down"}\n';

/** A server that answers every request with its own `data`, in one line. */
const echo: Behaviour = async (client) => {
  for (let request = await client.request(); request !== undefined; request = await client.request()) {
    await client.write(`{"status": 200, "message": "OK", "data": ${JSON.stringify(JSON.parse(request).data)}}\n`);
  }
};

Deno.test("the library adds, lists and deletes", async () => {
  await using server = await startServer();
  await using client = await connect({ port: server.port });
  assertEquals(await client.add("teste", 3), 3);
  assertEquals(await client.add("it's \0 😀"), 4);
  assertEquals(await client.list(), [{ id: 3, mensagem: "teste" }, { id: 4, mensagem: "it's \0 😀" }]);
  await client.delete(3);
  const { text, ...answer } = await client.request({ op: "deletar", id: 3 });
  assertEquals(answer, { status: 402, message: "ID não existe", data: "" });
  assertEquals(text, '{"status": 402, "message": "ID não existe", "data": ""}');
  assertEquals((await client.request("12")).status, 504); // a number, which has no end of its own
});

Deno.test("a refusal is a RefusedError with the status and the reason", async () => {
  await using server = await startServer({ demo: true, explain: true });
  await using client = await connect({ port: server.port });
  const error = await assertRejects(() => client.add("x", 1), RefusedError);
  assertEquals([error.status, error.reason.length > 0], [401, true]);
  assertEquals((await assertRejects(() => client.delete(9), RefusedError)).status, 402);
  assertEquals((await client.list()).length, 2);
});

Deno.test("1,000 requests awaited at once, from several places, have each their own answer", async () => {
  await using server = new FakeServer(echo);
  await using client = await connect({ port: server.port });
  const ask = async (data: string) => (await client.request({ op: "x", data })).data;
  const names = Array.from({ length: 1000 }, (_, at) => `request ${at}`);
  const several = async (place: string) => {
    const answers: string[] = [];
    for (let at = 0; at < 50; at++) answers.push(await ask(`${place}${at}`));
    return answers;
  };
  const [together, a, b] = await Promise.all([Promise.all(names.map(ask)), several("a"), several("b")]);
  assertEquals(together, names);
  assertEquals([a[0], a[49], b[0], b[49]], ["a0", "a49", "b0", "b49"]);
});

Deno.test("as many requests as may be without an answer have each their own", async () => {
  await using server = await startServer();
  await using client = await connect({ port: server.port });
  const adding = Array.from({ length: 262_144 }, () => client.add("x"));
  const ids = await Promise.all(adding);
  assertEquals(ids.findIndex((id, at) => id !== at + 1), -1);
});

Deno.test("beyond 262,144 requests without an answer one more is a QueueFullError, and the connection goes on", async () => {
  await using server = new FakeServer(silent);
  await using client = await connect({ port: server.port });
  const waiting = Promise.allSettled(Array.from({ length: 262_144 }, () => client.request("{}", { timeout: 0 })));
  await assertRejects(() => client.request("{}"), QueueFullError, "Cannot send: 262144 requests have no answer yet");
  assertEquals(client.ended, false);
  client.close();
  assertEquals((await waiting).filter(({ status }) => status === "rejected").length, 262_144);
});

Deno.test("a request that is given up before it is sent is not sent", async () => {
  await using server = new FakeServer(echo);
  await using client = await connect({ port: server.port });
  await assertRejects(() => client.request({ op: "x" }, { signal: AbortSignal.abort() }), DOMException, "abort");
  const given = new AbortController();
  const first = client.request({ op: "x", data: "1" });
  const second = client.request({ op: "x", data: "2" }, { signal: given.signal }); // waits for the first answer
  given.abort(new Error("enough"));
  await assertRejects(() => second, Error, "enough");
  assertEquals([(await first).data, (await client.request({ op: "x", data: "3" })).data], ["1", "3"]);
  assertEquals(server.requests.map((request) => JSON.parse(request).data), ["1", "3"]);
});

Deno.test("after a request that is given up while it waits, later ones get their own answers", async () => {
  const asked = Promise.withResolvers<void>(), goOn = Promise.withResolvers<void>();
  await using server = new FakeServer(async (client) => {
    await client.request();
    asked.resolve();
    await goOn.promise;
    await client.write('{"status": 200, "message": "OK", "data": "given up"}\n');
    await echo(client);
  });
  await using client = await connect({ port: server.port });
  const given = new AbortController();
  const first = client.request({ op: "x" }, { signal: given.signal });
  await asked.promise;
  given.abort();
  await assertRejects(() => first, DOMException);
  const others = ["a", "b"].map((data) => client.request({ op: "x", data }));
  goOn.resolve();
  assertEquals((await Promise.all(others)).map(({ data }) => data), ["a", "b"]);
});

const FAILURES: [name: string, Behaviour, new (message: string) => Error, message: string][] = [
  ["TimeoutError when no answer comes", silent, TimeoutError, "No answer came in 0.05 s"],
  ["ClosedError when the server closes", answering(""), ClosedError, "before the answer"],
  ["ClosedError when it closes in mid-answer", answering('{"sta'), ClosedError, "in the middle of an answer"],
  ["GarbageError at what is no answer", answering("garbage"), GarbageError, "unexpected 'g'"],
  ["GarbageError at JSON that is no answer", answering("[]"), GarbageError, "Cannot read the answer"],
];

for (const [name, behaviour, errorClass, message] of FAILURES) {
  Deno.test(`requests are rejected with a ${name}, those behind it and later ones too`, async () => {
    await using server = new FakeServer(behaviour);
    await using client = await connect({ port: server.port, timeout: 50 });
    const pending = [client.list(), client.add("x"), client.delete(1)];
    await Promise.all(pending.map((request) => assertRejects(() => request, errorClass, message)));
    assertEquals(client.ended, true);
    await assertRejects(() => client.list(), errorClass, message);
  });
}

Deno.test("a listing that is none is an AnswerError, and the connection goes on", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
    await client.write('{"status": 200, "message": "OK", "data": "[1]"}\n');
    await echo(client);
  });
  await using client = await connect({ port: server.port });
  await assertRejects(() => client.list(), AnswerError);
  assertEquals((await client.request({ op: "x", data: "y" })).data, "y");
});

Deno.test("an answer that does not say which id the server picked is an AnswerError, and the connection goes on", async () => {
  const picked = ["", "1.5", "9007199254740993", "7"];
  await using server = new FakeServer(async (client) => {
    for (const data of picked) {
      await client.request();
      await client.write(`{"status": 201, "message": "Mensagem criada", "data": "${data}"}\n`);
    }
    await client.gone();
  });
  await using client = await connect({ port: server.port });
  for (const data of picked.slice(0, -1)) {
    const message = `Cannot read the id that the server picked: ${JSON.stringify(data)}`;
    await assertRejects(() => client.add("x"), AnswerError, message);
  }
  assertEquals(await client.add("x"), 7);
});

Deno.test("each request has its own timeout, from when those before it are answered", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
    await client.write('{"status": 200, "message": "OK", "data": "1"}\n');
    await client.gone();
  });
  await using client = await connect({ port: server.port, timeout: 0 });
  const first = client.request({ op: "x" }), second = client.request({ op: "x" }, { timeout: 50 });
  assertEquals((await first).data, "1");
  await assertRejects(() => second, TimeoutError, "No answer came in 0.05 s");
});

Deno.test("a server that takes its leave unasked is a ClosedError with its last line", async () => {
  await using server = new FakeServer((client) => client.write(LAST));
  await using client = await connect({ port: server.port });
  while (!client.ended) await new Promise((resolve) => setTimeout(resolve, 1));
  const error = await assertRejects(() => client.list(), ClosedError, "Server is shutting down");
  assertEquals(`${error.farewell?.text}\n`, LAST);
});

Deno.test("the requests behind one that is answered 505 are a ClosedError with that line, and so are later ones", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
    await client.write(LAST);
    await client.gone();
  });
  await using client = await connect({ port: server.port });
  const [first, ...behind] = ["1", "2", "3"].map((data) => client.request({ op: "x", data }));
  assertEquals(`${(await first).text}\n`, LAST);
  for (const request of [...behind, client.list()]) {
    const error = await assertRejects(() => request, ClosedError, "Server is shutting down");
    assertEquals(`${error.farewell?.text}\n`, LAST);
  }
});

Deno.test("an answer that nobody asked for is a GarbageError", async () => {
  await using server = new FakeServer(async (client) => {
    await client.write('{"status": 200, "message": "OK", "data": ""}\n');
    await client.gone();
  });
  await using client = await connect({ port: server.port });
  while (!client.ended) await new Promise((resolve) => setTimeout(resolve, 1));
  await assertRejects(() => client.list(), GarbageError, "nobody asked for");
});

Deno.test("connect is rejected with a ConnectError that says what kind of failure it is", async () => {
  const refused = await assertRejects(() => connect({ port: unusedPort() }), ConnectError, "Connection refused");
  const unknown = await assertRejects(() => connect({ host: "no-such-host.invalid" }), ConnectError, "not known");
  assertEquals([refused.failure, unknown.failure], ["unreachable", "host-unknown"]);
  const invalid = await assertRejects(() => connect({ host: "localhost:5000" }), ConnectError, "no name or address");
  assertEquals(invalid.failure, "host-invalid");
  await assertRejects(() => connect({ host: "::1", port: 1 }), ConnectError, "Cannot connect to [::1]:1: ");
  await assertRejects(() => connect({ port: unusedPort(), signal: AbortSignal.abort() }), DOMException);
});

Deno.test("connect is given up while the token has no answer, and leaves no connection behind", async () => {
  const asked = Promise.withResolvers<void>(), gone = Promise.withResolvers<void>();
  await using server = new FakeServer(async (client) => {
    await client.request();
    asked.resolve();
    await client.gone();
    gone.resolve();
  });
  const given = new AbortController();
  const connecting = connect({ port: server.port, token: "x", timeout: 0, signal: given.signal });
  await asked.promise;
  given.abort(new Error("enough"));
  await assertRejects(() => connecting, Error, "enough");
  await gone.promise;
});

Deno.test("a client closes twice, and rejects what waits and what comes after", async () => {
  await using server = new FakeServer(silent);
  const client = await connect({ port: server.port });
  const waiting = client.list();
  client.close();
  client.close();
  await client[Symbol.asyncDispose]();
  const rejected = [waiting, client.list()];
  await Promise.all(rejected.map((request) => assertRejects(() => request, ClosedError, "closed by this program")));
});
