import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { connect, ConnectError } from "../client/mod.ts";
import { closing, lines } from "./support/answers.ts";
import { servesTls } from "./support/authority.ts";
import { run, ServeChild } from "./support/child.ts";
import { hasProc, residentBytes } from "./support/process.ts";
import { hasPython, python } from "./support/python.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { send } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { sleep } from "./support/wait.ts";
import { secureClient, tlsTest } from "./support/tls.ts";

const LIST = '{"op":"mostrar"}';

tlsTest("requests are answered, and all of them after the client has closed its side", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  using client = await secureClient(server.port, authority);
  assertEquals(await client.ask('{"op":"adicionar","id":1,"data":"é"}'), lines(201));
  await client.send('{"op":"deletar","id":9}'.repeat(2000));
  await client.halfClose();
  assertEquals(await client.rest(), lines(402).repeat(2000));
  assert(server.log.info[0].startsWith(`Listening on 127.0.0.1:${server.port} (TLS), store`));
});

tlsTest("a listing larger than every buffer arrives whole, also at a slow reader's", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  using client = await secureClient(server.port, authority);
  const text = "a".repeat(500_000);
  for (let id = 0; id < 20; id++) {
    assertEquals(await client.ask(`{"op":"adicionar","id":${id},"data":"${text}"}`), lines(201));
  }
  await client.send(LIST.repeat(2));
  await client.arrived();
  const [first, second] = await client.lines(2);
  assertEquals([first.length > 10_000_000, first === second], [true, true]);
});

tlsTest("a client that reads nothing is let go", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key, writeTimeout: 0.2 });
  using client = await secureClient(server.port, authority);
  for (let id = 0; id < 20; id++) {
    await client.ask(`{"op":"adicionar","id":${id},"data":"${"a".repeat(500_000)}"}`);
  }
  await client.send(LIST.repeat(50));
  assertEquals(await server.refusal(), [505, "Client read too little for 0.2 s"]);
  assert((await client.rest().catch(() => "")).split("\n").length <= 50);
});

tlsTest("a client that sends without end while its guess of the token waits costs little memory", async (authority) => {
  const { cert, key } = await authority.issue(), token = authority.file("token");
  await Deno.writeTextFile(token, "segredo", { mode: 0o600 });
  const args = ["--store", "memory", "--tls-cert", cert, "--tls-key", key, "--token-file", token];
  await using server = await ServeChild.start(args);
  const guess = '{"op":"autenticar","data":"errado"}';
  for (let guesses = 0; guesses < 3; guesses++) {
    using client = await secureClient(server.port, authority);
    assertEquals(await client.ask(guess), closing("Token is wrong"));
  }
  using client = await secureClient(server.port, authority);
  await client.send(guess);
  const before = residentBytes(server.pid), flood = new Uint8Array(1_048_576).fill(0x20);
  let most = before, answered = false;
  const sending = (async () => {
    for (let megabytes = 0; megabytes < 256 && !answered; megabytes++) await client.send(flood);
  })().catch(() => {}); // it is closed when the guess has been looked at
  const answer = client.line().finally(() => answered = true);
  while (!answered) {
    most = Math.max(most, residentBytes(server.pid));
    await sleep(10);
  }
  assertEquals(await answer, closing("Token is wrong"));
  assertLess(most - before, 32 * 1_048_576);
  client[Symbol.dispose]();
  await sending;
}, servesTls && hasProc);

tlsTest("a client that goes without a word harms no one", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key, demo: true });
  await Promise.all(Array.from({ length: 50 }, async (_, at) => {
    using client = await secureClient(server.port, authority);
    if (at % 2 > 0) await client.send(LIST.repeat(20));
  }));
  using client = await secureClient(server.port, authority);
  assertEquals(JSON.parse(await client.ask(LIST)).status, 200);
});

tlsTest("a client that speaks none is told so in plain text, and nothing of it is parsed", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  assertEquals(await exchange(server.port, '{"op":"adicionar","id":1,"data":"a"}'), closing("Server takes TLS only"));
  using client = await secureClient(server.port, authority);
  assertEquals(await client.ask(LIST), lines(200));
});

tlsTest(
  "1,000 handshakes stalled, garbage or dropped: others are served, and all sockets are closed",
  async (authority) => {
    const { cert, key } = await authority.issue();
    const args = ["--store", "memory", "--tls-cert", cert, "--tls-key", key, "--handshake-timeout", "0.5"];
    await using server = await ServeChild.start(args);
    const descriptors = () => Deno.build.os === "linux" ? [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length : 0;
    using good = await secureClient(server.port, authority);
    assertEquals(await good.ask(LIST), lines(200));
    const before = descriptors();
    const hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];
    for (let round = 0; round < 5; round++) {
      const clients = await Promise.all(Array.from({ length: 200 }, async (_, at) => {
        const client = await RawClient.connect(server.port);
        if (at % 4 === 1) await client.send(hello);
        if (at % 4 === 2) await client.send([0x16, ...Array(600).fill(0xff)]);
        if (at % 4 === 3) {
          await client.send(hello);
          client[Symbol.dispose]();
        }
        return client;
      }));
      assertEquals(await good.ask(LIST), lines(200));
      using next = await secureClient(server.port, authority);
      assertEquals(await next.ask(LIST), lines(200));
      // the client's side is still open: it is the server that ends it
      for (const [at, client] of clients.entries()) if (at % 4 < 3) await client.rest().catch(() => "");
      for (const client of clients) client[Symbol.dispose]();
    }
    using last = await secureClient(server.port, authority);
    assertEquals(await last.ask(LIST), lines(200));
    assert(descriptors() <= before + 2, `${descriptors()} descriptors, ${before} before`);
  },
);

/** Speaks TLS, then something else on the same socket, and waits until the server has closed it. */
const LEAVES_TLS = `import socket, ssl
context = ssl.create_default_context(cadata=input["authority"])
for garbage in input["garbage"]:
  client = context.wrap_socket(socket.create_connection(("127.0.0.1", input["port"])), server_hostname="localhost")
  client.sendall(b'{"op":"deletar","id":9}')
  assert b"402" in client.recv(1000)
  plain = socket.socket(fileno=client.detach())
  plain.settimeout(30)
  plain.sendall(bytes(garbage))
  try:
    while plain.recv(1000): pass
  except ConnectionResetError: pass
  plain.close()
output = "closed"`;

tlsTest("a client that goes on with what is no TLS is let go", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  const garbage = [
    Array(100).fill(0xff),
    [0x17, 3, 3, 0, 32, ...Array(32).fill(1)], // a record that nobody encrypted
    [0x17, 3, 3, 0xff, 0xff, ...Array(1000).fill(1)], // one that is larger than any
    [0x15, 3, 3, 0, 2, 2, 40], // an alert in plain text
  ];
  assertEquals(await python(LEAVES_TLS, { port: server.port, authority: authority.pem, garbage }), "closed");
  assertEquals(server.server.connections, 0);
}, servesTls && hasPython);

tlsTest("a server that ends lets go of stalled handshakes at once, and tells the others", async (authority) => {
  const { cert, key } = await authority.issue();
  const server = await startServer({ tlsCert: cert, tlsKey: key });
  using stalled = await RawClient.connect(server.port);
  using begun = await RawClient.connect(server.port);
  await begun.send([0x16, 3, 1]);
  using client = await secureClient(server.port, authority);
  assertEquals(await client.ask(LIST), lines(200));
  await server[Symbol.asyncDispose]();
  assertEquals(await client.rest(), closing("Server is shutting down"));
  assertEquals(await stalled.rest(), "");
  assertEquals(await begun.rest().catch(() => ""), "");
});

tlsTest(
  "a reload serves the new certificate, and clients that are in stay; a bad one keeps the old",
  async (authority) => {
    const { cert, key } = await authority.issue();
    const args = ["--store", "memory", "--tls-cert", cert, "--tls-key", key];
    await using server = await ServeChild.start(args);
    using kept = await secureClient(server.port, authority);
    assertEquals(await kept.ask(LIST), lines(200));
    const next = await authority.issue({ names: "DNS:localhost" }), other = await authority.issue();
    await Deno.copyFile(next.cert, cert);
    await Deno.copyFile(other.key, key);
    server.kill("SIGHUP");
    await server.logged(/^Error: Cannot use the certificate .*KeyMismatch; the old certificate stays$/m);
    await using stillOld = await connect({ port: server.port, caCerts: [authority.pem] });
    assertEquals(await stillOld.list(), []);
    await Deno.copyFile(next.key, key);
    server.kill("SIGHUP");
    await server.logged(/^Read the certificate again$/m);
    await using byName = await connect({ host: "localhost", port: server.port, caCerts: [authority.pem] });
    assertEquals(await byName.list(), []);
    await assertRejects(
      () => connect({ port: server.port, caCerts: [authority.pem] }),
      ConnectError,
      "for another name",
    );
    assertEquals(await kept.ask(LIST), lines(200));
  },
);

tlsTest("reloads that come together are done one after another", async (authority) => {
  const { cert, key } = await authority.issue();
  await using folder = new TempFolder();
  const tokenFile = folder.file("token");
  await Deno.writeTextFile(tokenFile, "um", { mode: 0o600 });
  await using server = await startServer({ tlsCert: cert, tlsKey: key, tokenFile });
  await Promise.all([server.server.reload(), server.server.reload()]);
  const both = ["Read the certificate again", "Read the token again"];
  assertEquals(server.log.info.filter((line) => line.startsWith("Read ")), [...both, ...both]);
});

tlsTest("a client that finds no room is closed without a word, and send may try again", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key, maxConnections: 1 });
  const full = [505, "Server has its 1 clients already"];
  const only = await secureClient(server.port, authority);
  assertEquals(await only.ask(LIST), lines(200));
  using plain = await RawClient.connect(server.port);
  assertEquals(await plain.rest(), "");
  const args = ["--tls-ca", authority.own.cert, "mostrar"];
  const { code, stdout } = await send(args, { port: server.port });
  assertEquals([code, JSON.parse(stdout).status], [69, 504]);
  assertEquals(server.log.refused, [full, full]);
  const refused = server.refusal();
  const patient = send(["--retry", "1000", "--retry-delay", "0.01", ...args], { port: server.port });
  assertEquals(await refused, full);
  only[Symbol.dispose]();
  assertEquals(await patient.then(({ code, stdout }) => [code, stdout]), [0, lines(200)]);
});

tlsTest("serve: what cannot be used is one line, and exits 71", async (authority) => {
  const { cert, key } = await authority.issue(), other = await authority.issue();
  await Deno.writeTextFile(authority.file("junk"), "junk");
  const junk = authority.file("junk"), none = authority.file("none");
  for (
    const [certificate, keyFile, start] of [
      [cert, other.key, `Cannot use the certificate ${JSON.stringify(cert)} with the key`],
      [junk, key, `Cannot use the certificate ${JSON.stringify(junk)} with the key`],
      [cert, junk, `Cannot use the certificate ${JSON.stringify(cert)} with the key`],
      [none, key, `Cannot read the certificate ${JSON.stringify(none)}: No such file or directory`],
      [cert, none, `Cannot read the key ${JSON.stringify(none)}: No such file or directory`],
    ]
  ) {
    const args = ["serve", "--port", "0", "--store", "memory", "--tls-cert", certificate, "--tls-key", keyFile];
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout, stderr.split("\n").length], [71, "", 2], stderr);
    assert(stderr.startsWith(`Error: ${start}`), stderr);
  }
});

Deno.test("tls: a certificate without its key, or the other way round, is a wrong command line", async () => {
  for (const option of ["--tls-cert", "--tls-key"]) {
    const { code, stderr } = await run(["serve", option, "a.pem"]);
    assertEquals([code, stderr], [64, "recado: Options --tls-cert and --tls-key go together\n"]);
  }
});
