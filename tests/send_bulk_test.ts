import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { FakeServer } from "./support/fake_server.ts";
import { send, SendChild } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const ADD = '{"op": "adicionar", "data": "x"}';
const ADDED = (id: number) => `{"status": 201, "message": "Mensagem criada", "data": "${id}"}\n`;
const UNKNOWN = '{"status": 504, "message": "Mensagem não foi enviada", "data": ' +
  '"Request is not an object with a text \\"op\\""}\n';

/** A run of `send -` against an empty board. */
interface Case {
  name: string;
  stdin: string | Uint8Array;
  code: number;
  stdout: string;
  stderr?: string;
}

const CASES: Case[] = [
  { name: "one after the other without white space", stdin: ADD + ADD, code: 0, stdout: ADDED(1) + ADDED(2) },
  { name: "the last one without a newline", stdin: `${ADD}\n${ADD}`, code: 0, stdout: ADDED(1) + ADDED(2) },
  {
    name: "over several lines",
    stdin: `\n${JSON.stringify(JSON.parse(ADD), null, 2)}\r\n\t${ADD}\n\n`,
    code: 0,
    stdout: ADDED(1) + ADDED(2),
  },
  {
    name: "refused ones counted",
    stdin: `${ADD}{"op": "deletar", "id": 9}${ADD}{"op": "deletar"}`,
    code: 1,
    stdout: `${ADDED(1)}{"status": 402, "message": "ID não existe", "data": ""}\n${ADDED(2)}` +
      '{"status": 403, "message": "Não foi possível deletar a mensagem", "data": ""}\n',
    stderr: "recado: 2 of 4 requests were refused\n",
  },
  {
    name: "refused ones in a row counted",
    stdin: '{"op": "deletar", "id": 9}'.repeat(20),
    code: 1,
    stdout: '{"status": 402, "message": "ID não existe", "data": ""}\n'.repeat(20),
    stderr: "recado: 20 of 20 requests were refused\n",
  },
  {
    name: "JSON that is no request",
    stdin: `${ADD}[]5 "x" ${ADD}7`,
    code: 69,
    stdout: `${ADDED(1)}${UNKNOWN.repeat(3)}${ADDED(2)}${UNKNOWN}`,
  },
  bad("what is not JSON", `${ADD}\n\n ${ADD} x`, 2, "is not JSON: unexpected 'x', line 3, byte 69"),
  bad("what is not JSON inside", `${ADD}\n{"op":\n "mostrar",}${ADD}`, 1, "is not JSON, line 2, byte 34"),
  bad("what is not JSON, before empty lines", `${ADD}\n {oops}\n\n\n\n${ADD}`, 1, "is not JSON, line 2, byte 35"),
  bad("a request that is cut off", `${ADD}\n{"op"`, 1, "is cut off by the end of the stream, line 2, byte 34"),
  bad("braces without end", `${ADD}${"[".repeat(2000)}`, 1, "is nested deeper than 1000 levels, line 1, byte 33"),
  bad(
    "what is not UTF-8",
    new Uint8Array([...new TextEncoder().encode(`${ADD}\n"é`), 0xff, 0x22]),
    1,
    "is not UTF-8, line 2, byte 34",
  ),
  bad("a byte order mark", `\ufeff${ADD}`, 0, "is not JSON: unexpected byte 0xef, line 1, byte 1"),
];

for (const { name, stdin, code, stdout, stderr = "" } of CASES) {
  Deno.test(`send - sends requests: ${name}`, async () => {
    await using server = await startServer();
    assertEquals(await send(["-"], { port: server.port, stdin }), { code, stdout, stderr });
  });
}

Deno.test("send sends the requests in a file", async () => {
  await using server = await startServer();
  await using folder = new TempFolder();
  await Deno.writeTextFile(folder.file("requests"), `${ADD} nonsense`);
  assertEquals(await send(["--requests", folder.file("requests")], { port: server.port }), {
    code: 65,
    stdout: ADDED(1),
    stderr: `recado: Input from "${folder.file("requests")}" is not JSON: unexpected 'o', line 1, byte 34\n`,
  });
});

Deno.test("send - answers requests that come split anywhere, each as soon as it is whole", async () => {
  await using server = await startServer();
  await using child = new SendChild(["-"], { port: server.port });
  const request = new TextEncoder().encode('{"op": "adicionar", "data": "é\\u00e9"}');
  for (let at = 0; at < request.length; at++) {
    await child.write(request.subarray(0, at));
    await child.write(request.subarray(at));
    assertEquals(await child.stdout.next(), ADDED(at + 1).trimEnd());
  }
  await child.endInput();
  assertEquals([await child.ended(), await child.stderr.rest()], [0, ""]);
});

/** Requests that take the short way and such that do not, each with its id in its text; the answers name it. */
const EVERY_KIND = [
  (id: number) => `{"op": "adicionar", "id": ${id}, "data": "plain"}`,
  (id: number) => `{"op":"adicionar","id":${id},"data":"é\\n\\u00e9 😀"}\n`,
  (id: number) => `{"op": "adicionar", "more": [{}], "id": ${id}, "data": "nested"}\r\n`,
  (id: number) => `{"op": "deletar", "id": ${-id}}\n\n`,
  () => "[] 5 ",
];
const PRINTED: Record<string, (id: number) => string> = {
  raw: () =>
    '{"status": 201, "message": "Mensagem criada", "data": ""}\n'.repeat(3) +
    '{"status": 402, "message": "ID não existe", "data": ""}\n' + UNKNOWN.repeat(2),
  json: () =>
    '{"status":201,"message":"Mensagem criada","data":""}\n'.repeat(3) +
    '{"status":402,"message":"ID não existe","data":""}\n' +
    UNKNOWN.replaceAll(": ", ":").replaceAll(", ", ",").repeat(2),
  ids: (id) => `${id}\n${id + 1}\n${id + 2}\n`,
  text0: () => "",
};

for (const [form, printed] of Object.entries(PRINTED)) {
  Deno.test(`send - -o ${form} answers requests of every kind in order, however many`, async () => {
    await using server = await startServer();
    let stdin = "", stdout = "";
    for (let id = 1; id < 6000; id += 3) {
      stdin += EVERY_KIND.map((request, at) => request(id + at)).join("");
      stdout += printed(id);
    }
    const ended = await send(["-", "-o", form], { port: server.port, stdin });
    assert(ended.stdout === stdout, `the answers are not as they should be: ${ended.stdout.slice(0, 1000)}`);
    assertEquals([ended.code, ended.stderr.includes("2000 of 12000 requests were refused")], [69, true]);
  });
}

Deno.test("send - -o ids prints the ids that requests name, and those that the server picks", async () => {
  await using server = await startServer();
  const stdin =
    '{"op":"adicionar","id":7,"data":"a"}{"op":"adicionar","data":"b"}{"op":"deletar","id":7}{"op":"mostrar"}';
  assertEquals(await send(["-", "-o", "ids"], { port: server.port, stdin }), {
    code: 0,
    stdout: "7\n8\n7\n8\n",
    stderr: "",
  });
});

Deno.test("send - answers 20,000 requests in order", async () => {
  await using server = await startServer();
  const stdin = `${ADD}\n`.repeat(20_000);
  const { code, stdout, stderr } = await send(["-", "-o", "ids"], { port: server.port, stdin });
  assertEquals([code, stderr], [0, ""]);
  assert(stdout === Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join(""), "answers are not in order");
});

/** Writes a text again and again until `child` takes no more, or has taken more than `limit` bytes; returns how many it took. */
async function feed(child: SendChild, text: string, limit: number): Promise<number> {
  const block = new TextEncoder().encode(text.repeat(Math.ceil(65_536 / text.length)));
  let taken = 0;
  while (taken <= limit && await child.write(block)) taken += block.length;
  return taken;
}

Deno.test("send - takes a bounded part of an endless input when the server stops reading", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
    await client.write(ADDED(1));
    await client.closing; // neither reads nor answers
  });
  await using child = new SendChild(["-", "--timeout", "2"], { port: server.port });
  const limit = 64 * 1_048_576, output = child.stdout.rest();
  assertLess(await feed(child, `{"op": "adicionar", "data": "${"x".repeat(5000)}"}`, limit), limit);
  const lines = (await output).trimEnd().split("\n");
  assertEquals([await child.ended(), lines[0], new Set(lines.slice(1)).size], [75, ADDED(1).trimEnd(), 1]);
});

Deno.test("send refuses endless garbage before it has taken much of it", async () => {
  const kinds: [args: string[], text: string, code: number][] = [
    [["-"], "y\n", 65],
    [["-"], "[", 65],
    [["--lines"], "y", 65],
    [["adicionar", "-"], "y", 65],
  ];
  await using server = await startServer();
  for (const [args, text, code] of kinds) {
    await using child = new SendChild(args, { port: server.port });
    const limit = 128 * 1_048_576;
    assertLess(await feed(child, text, limit), limit);
    assertEquals([await child.ended(), await child.stdout.rest()], [code, ""]);
  }
});

Deno.test("when the server dies in mid-bulk every request that was sent has its line, and it is told once which they are", async () => {
  await using server = new FakeServer(async (client) => {
    for (let id = 1; id <= 3; id++) {
      await client.request();
      await client.write(ADDED(id));
    }
  });
  const { code, stdout, stderr } = await send(["-"], { port: server.port, stdin: `${ADD}\n`.repeat(10) });
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.slice(0, 3).map((line) => `${line}\n`), [ADDED(1), ADDED(2), ADDED(3)]);
  assertEquals(lines.length, 10);
  assertEquals(lines.slice(3).map((line) => JSON.parse(line).status), Array(7).fill(505));
  assertEquals([code, stderr.match(/^recado: .*; requests 4 to 10 may have been carried out\n$/) !== null], [69, true]);
});

Deno.test("when the server dies in mid-bulk it is told which lines have no answer, in every form", async () => {
  const lines = ["1\n", "2\n", "3\n"];
  for (
    const [args, told] of [
      [["-o", "ids"], /^recado: .*; line 3 may have been carried out\n$/],
      [["-o", "jsonl"], /^{"error":".*","hint":"line 3 may have been carried out"}\n$/],
      [["-q"], /^$/],
    ] as const
  ) {
    await using server = new FakeServer(async (client) => {
      for (let id = 1; id <= 2; id++) {
        await client.request();
        await client.write(ADDED(id));
      }
      await client.request();
    });
    const { code, stderr } = await send(["--lines", ...args], { port: server.port, stdin: lines.join("") });
    assertEquals(code, 69);
    assertMatch(stderr, told);
  }
});

Deno.test("when the server dies at the first request, which goes alone, those that were not sent are not in doubt", async () => {
  await using server = new FakeServer(async (client) => {
    await client.request();
  });
  assertEquals(await send(["--lines"], { port: server.port, stdin: "1\n2\n3\n4\n5\n" }), {
    code: 69,
    stdout:
      '{"status": 505, "message": "Conexão encerrada", "data": "Server closed the connection before the answer"}\n',
    stderr: "recado: Server closed the connection before the answer; line 1 may have been carried out\n",
  });
});

Deno.test("when the server says in mid-bulk why it closes, it is told that what it did not answer was not carried out", async () => {
  const FAREWELL = '{"status": 505, "message": "Conexão encerrada", "data": "Server is shutting down"}\n';
  for (const [form, stdout] of [["raw", `${ADDED(1)}${ADDED(2)}${FAREWELL.repeat(2)}`], ["ids", "1\n2\n"]]) {
    await using server = new FakeServer(async (client) => {
      for (let id = 1; id <= 2; id++) {
        await client.request();
        await client.write(ADDED(id));
      }
      for (let more = 1; more <= 2; more++) await client.request();
      await client.write(FAREWELL);
    });
    assertEquals(await send(["--lines", "-o", form], { port: server.port, stdin: "1\n2\n3\n4\n" }), {
      code: 69,
      stdout,
      stderr: "recado: Server closed the connection: Server is shutting down; not carried out: lines 3 to 4\n",
    });
  }
});

Deno.test("when the server lets go of bulk input that has paused, it is told which lines were not carried out", async () => {
  const FAREWELL = '{"status": 505, "message": "Conexão encerrada", "data": "Connection was idle for 1 s"}\n';
  for (const [form, stdout] of [["raw", FAREWELL], ["ids", ""]]) {
    const asked = Promise.withResolvers<void>(), left = Promise.withResolvers<void>();
    await using server = new FakeServer(async (client) => {
      await client.request();
      await client.write(ADDED(1));
      await asked.promise;
      await client.write(FAREWELL);
      await client.gone();
      left.resolve();
    });
    await using child = new SendChild(["--lines", "-o", form], { port: server.port });
    await child.write("a\n");
    assertEquals(`${await child.stdout.next()}\n`, form === "raw" ? ADDED(1) : "1\n");
    asked.resolve();
    await left.promise;
    await child.write("b\n");
    await child.endInput();
    assertEquals(await child.ended(), 69);
    assertEquals(await child.stdout.rest(), stdout);
    assertEquals(
      await child.stderr.rest(),
      "recado: Server closed the connection: Connection was idle for 1 s; not carried out: line 2\n",
    );
  }
});

Deno.test("when the server dies in mid-bulk, input that has paused is not waited for", async () => {
  await using server = new FakeServer(async (client) => void await client.request());
  await using child = new SendChild(["-"], { port: server.port });
  await child.write(ADD);
  assertEquals(await child.ended(), 69);
  assertMatch(await child.stderr.rest(), /; request 1 may have been carried out\n$/);
});

Deno.test("a server that goes on answering is given time for each answer, not for all of them", async () => {
  await using server = new FakeServer(async (client) => {
    for (let id = 1; await client.request() !== undefined; id++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.write(ADDED(id));
    }
  });
  const options = { port: server.port, stdin: ADD.repeat(9) };
  const { code, stdout, stderr } = await send(["-", "--timeout", "1.5", "-o", "ids"], options);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "1\n2\n3\n4\n5\n6\n7\n8\n9\n", stderr: "" });
});

function bad(name: string, stdin: string | Uint8Array, answered: number, what: string): Case {
  const stdout = Array.from({ length: answered }, (_, at) => ADDED(at + 1)).join("");
  return {
    name: `${name} is refused with its place`,
    stdin,
    code: 65,
    stdout,
    stderr: `recado: Input from stdin ${what}\n`,
  };
}
