import { assert, assertEquals, assertRejects } from "@std/assert";
import { AuthenticationError, ClosedError, connect } from "../client/mod.ts";
import { closing, lines } from "./support/answers.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer, type TestServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import type { ServeOptions } from "../server/mod.ts";

const TOKEN = "segredo é\"\\'";
const RIGHT = autenticar(TOKEN);
const LIST = '{"op":"mostrar"}';
const ADD = '{"op":"adicionar","id":1,"data":"a"}';
const NO_TOKEN = closing("Connection must begin with autenticar");
const WRONG = closing("Token is wrong");

function autenticar(token: string): string {
  return JSON.stringify({ op: "autenticar", id: "", data: token });
}

/** A server that asks for {@linkcode TOKEN}, and the file of it. */
async function guarded(options: Partial<ServeOptions> = {}): Promise<TestServer & { tokenFile: string }> {
  const folder = new TempFolder(), tokenFile = folder.file("token");
  await Deno.writeTextFile(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const server = await startServer({ tokenFile, ...options });
  return Object.defineProperties(Object.create(server), {
    tokenFile: { value: tokenFile },
    [Symbol.asyncDispose]: {
      async value() {
        await server[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    },
  });
}

Deno.test("autenticar with the token is answered 200, and what comes behind it in the same write, too", async () => {
  await using server = await guarded();
  assertEquals(await exchange(server.port, RIGHT), lines(200));
  assertEquals(await exchange(server.port, `${RIGHT}${ADD}\n ${LIST.repeat(0)}${ADD}`), lines(200, 201, 401));
  const many = `{"op":"deletar","id":9}`.repeat(5000);
  assertEquals(await exchange(server.port, `\n ${RIGHT}${many}`), lines(200) + lines(402).repeat(5000));
});

Deno.test("autenticar may be split at any byte, also within what follows it", async () => {
  await using server = await guarded();
  const bytes = new TextEncoder().encode(`${RIGHT}{"op":"adicionar","data":"é"}{"op":"deletar","id":-1}`);
  for (let at = 1; at < bytes.length; at++) {
    using client = await RawClient.connect(server.port);
    await client.send(bytes.subarray(0, at));
    await client.send(bytes.subarray(at));
    const [first, added, absent] = await client.lines(3);
    assertEquals([first, JSON.parse(added).status, absent], [lines(200), 201, lines(402)]);
  }
});

const REFUSED: [name: string, sent: string, answer: string][] = [
  ["another request", ADD, NO_TOKEN],
  ["an unknown operation", '{"op":"x"}', NO_TOKEN],
  ["JSON that is no request", "[]", NO_TOKEN],
  ["a number", "1 ", NO_TOKEN],
  ["a wrong token", autenticar("errado"), WRONG],
  ["the beginning of the token", autenticar(TOKEN.slice(0, -1)), WRONG],
  ["the token with a newline", autenticar(`${TOKEN}\n`), WRONG],
  ["an empty token", autenticar(""), WRONG],
  ["a token that is a number", '{"op":"autenticar","data":1}', WRONG],
  ["no token", '{"op":"autenticar"}', WRONG],
  ["what is not JSON", "GET / HTTP/1.1\r\n", closing("Request is not JSON: unexpected 'G'")],
  ["bad JSON", "{op}", closing("Request is not JSON")],
  [
    "a token that makes the request larger than 4 KiB",
    autenticar("x".repeat(4096)),
    closing("Request is larger than 4096 bytes"),
  ],
  ["a request without end", '{"'.padEnd(5000, "x"), closing("Request is larger than 4096 bytes")],
  ["nesting", "[[[[[", closing("Request is nested deeper than 4 levels")],
  ["half a request", '{"op":"autent', closing("Request is cut off by the end of the stream")],
];

for (const [name, sent, answer] of REFUSED) {
  Deno.test(`before the token: ${name} is told 505, and nothing behind it is parsed`, async () => {
    await using server = await guarded();
    assertEquals(await exchange(server.port, sent), answer);
    if (!name.startsWith("half")) {
      using client = await RawClient.connect(server.port);
      await client.send(`${sent}${RIGHT}${ADD}`);
      // after a wrong token the address must wait, which changes nothing of the answer
      assertEquals(await client.rest(), answer);
    }
    assertEquals(await exchange(server.port, RIGHT + LIST), lines(200, 200));
    for (const [, reason] of server.log.refused) assert(!reason.includes("segredo"), reason);
  });
}

Deno.test("before the token: 4,096 bytes are a request, 4,097 are not", async () => {
  await using server = await guarded();
  const padded = (size: number) =>
    RIGHT.replace("{", `{"x":"${"x".repeat(size - 7 - new TextEncoder().encode(RIGHT).length)}",`);
  assertEquals(new TextEncoder().encode(padded(4096)).length, 4096);
  assertEquals(await exchange(server.port, padded(4096)), lines(200));
  assertEquals(await exchange(server.port, padded(4097)), closing("Request is larger than 4096 bytes"));
});

Deno.test("before the token: a number of 4,096 digits waits for the byte behind it, and others are served meanwhile", async () => {
  await using server = await guarded();
  using client = await RawClient.connect(server.port);
  await client.send("1".repeat(4096));
  assertEquals(await exchange(server.port, RIGHT + LIST), lines(200, 200));
  await client.send("1");
  assertEquals(await client.rest(), closing("Request is larger than 4096 bytes"));
  for (const [end, answer] of [[" ", NO_TOKEN], [RIGHT, NO_TOKEN], ["", NO_TOKEN]]) {
    assertEquals(await exchange(server.port, "1".repeat(4096) + end), answer);
  }
});

Deno.test("before the token: a client that shows none in time is told 505, also one that sends white space on and on", async () => {
  await using server = await guarded({ handshakeTimeout: 0.05 });
  using silent = await RawClient.connect(server.port);
  using begun = await RawClient.connect(server.port);
  await begun.send('{"op":');
  for (const client of [silent, begun]) assertEquals(await client.rest(), closing("Token was not shown in 0.05 s"));
  using busy = await RawClient.connect(server.port);
  assertEquals(await busy.restAmid(" "), closing("Token was not shown in 0.05 s"));
});

Deno.test("before the token: a client that was told why it is let go has time to read it, and is in the log once", async () => {
  await using server = await guarded({ handshakeTimeout: 0.05 });
  using silent = await RawClient.connect(server.port);
  assertEquals(await silent.rest(), closing("Token was not shown in 0.05 s"));
  while (server.server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(server.log.refused, [[505, "Token was not shown in 0.05 s"]]);
});

Deno.test("before the token: a client in time has no limit of that kind any more", async () => {
  await using server = await guarded({ handshakeTimeout: 0.05 });
  using client = await RawClient.connect(server.port);
  assertEquals(await client.ask(RIGHT), lines(200));
  using other = await RawClient.connect(server.port);
  await other.rest(); // it was let go at the limit
  assertEquals(await client.ask(LIST), lines(200));
});

Deno.test({
  name: "wrong tokens at once from one address are let go, most without being looked at, and others do not wait",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = new TempFolder();
    const unix = folder.file("s");
    await using server = await guarded({ unix });
    const throttled = closing("Too many wrong tokens came from this address");
    const answers = Array.from({ length: 100 }, () => exchange(server.port, autenticar("errado")));
    await Promise.any(answers.map(async (answer) => assertEquals(await answer, throttled)));
    assertEquals(await exchange(unix, RIGHT), lines(200));
    const all = await Promise.all(answers);
    for (const answer of all) assert(answer === WRONG || answer === throttled, answer);
    assert(all.includes(WRONG));
    assert(all.filter((answer) => answer === throttled).length >= 90);
  },
});

Deno.test("an empty token is refused and is no guess: it slows nobody down", async () => {
  await using server = await guarded();
  const none = [autenticar(""), '{"op":"autenticar"}'];
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => exchange(server.port, none[at % 2])));
  // guesses at once would have waited, and most would not have been looked at
  assertEquals(answers, Array<string>(100).fill(WRONG));
  assertEquals(await exchange(server.port, RIGHT), lines(200));
});

Deno.test("a server that ends tells clients which have not shown their token, also those that are slowed down", async () => {
  const server = await guarded();
  using silent = await RawClient.connect(server.port);
  for (let failures = 0; failures < 4; failures++) await exchange(server.port, autenticar("errado"));
  using waiting = await RawClient.connect(server.port);
  await waiting.send(autenticar("errado"));
  using last = await RawClient.connect(server.port);
  assertEquals(await last.ask(ADD), NO_TOKEN); // those before it have been accepted
  await server[Symbol.asyncDispose]();
  for (const client of [silent, waiting]) assertEquals(await client.rest(), closing("Server is shutting down"));
});

Deno.test("when all places are taken, the client that has shown nothing for longest makes room", async () => {
  await using server = await guarded({ maxConnections: 2 });
  using kept = await RawClient.connect(server.port);
  assertEquals(await kept.ask(RIGHT), lines(200));
  using silent = await RawClient.connect(server.port);
  using next = await RawClient.connect(server.port);
  assertEquals(await next.ask(RIGHT + LIST), lines(200));
  assertEquals(await silent.rest(), "");
  assertEquals(await exchange(server.port, RIGHT), closing("Server has its 2 clients already"));
  assertEquals(await kept.ask(LIST), lines(200));
});

Deno.test("without a token on the server autenticar is answered 200, whatever it shows", async () => {
  await using server = await startServer();
  assertEquals(
    await exchange(server.port, `${RIGHT}{"op":"autenticar"}{"op":"autenticar","data":1}`),
    lines(200, 200, 200),
  );
  assertEquals(await exchange(server.port, `${ADD}${RIGHT}`), lines(201, 200));
});

Deno.test("a reload takes the new token, clients that are in stay, and a bad file changes nothing", async () => {
  await using server = await guarded();
  using client = await RawClient.connect(server.port);
  assertEquals(await client.ask(RIGHT), lines(200));
  await Deno.writeTextFile(server.tokenFile, "novo");
  await server.server.reload();
  assertEquals(await exchange(server.port, RIGHT), WRONG);
  assertEquals(await exchange(server.port, autenticar("novo")), lines(200));
  assertEquals(await client.ask(LIST), lines(200));
  await Deno.writeTextFile(server.tokenFile, "");
  await server.server.reload();
  assertEquals(await exchange(server.port, autenticar("novo")), lines(200));
  assertEquals(server.log.errors.splice(0), [
    `Cannot use the token file ${JSON.stringify(server.tokenFile)}: it is empty; the old token stays`,
  ]);
});

Deno.test("the library shows the token, and says when it is refused or missing", async () => {
  await using server = await guarded();
  await using client = await connect({ port: server.port, token: TOKEN });
  assertEquals(await client.add("a"), 1);
  await assertRejects(() => connect({ port: server.port, token: "errado" }), AuthenticationError, "Token is wrong");
  await using without = await connect({ port: server.port });
  await assertRejects(() => without.list(), AuthenticationError, "Connection must begin with autenticar");
});

Deno.test("the library: a server that is full says so, and not that the token is refused", async () => {
  await using server = await guarded({ maxConnections: 1 });
  await using _first = await connect({ port: server.port, token: TOKEN });
  await assertRejects(
    () => connect({ port: server.port, token: TOKEN }),
    ClosedError,
    "Server has its 1 clients already",
  );
});
