import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect, ConnectError, type ConnectFailure } from "../client/mod.ts";
import { secure } from "../client/tls.ts";
import { lines } from "./support/answers.ts";
import type { CertificateDetails } from "./support/authority.ts";
import { FakeServer } from "./support/fake_server.ts";
import { send } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { tlsTest } from "./support/tls.ts";

const UNTRUSTED: [name: string, details: CertificateDetails, failure: ConnectFailure, line: RegExp][] = [
  ["expired", { to: "20010101000000Z" }, "certificate-expired", /has expired; the server needs a new one/],
  ["not valid yet", { from: "20900101000000Z" }, "certificate-expired", /is not valid yet; the server needs a new one/],
  [
    "for another name",
    { names: "DNS:other.example" },
    "certificate-name",
    /is for another name: .*other\.example.*; --host takes a name/,
  ],
];

for (const [name, details, failure, line] of UNTRUSTED) {
  tlsTest(`send exits 69 at a certificate that is ${name}, and says what to do`, async (authority) => {
    const { cert, key } = await authority.issue(details);
    await using server = await startServer({ tlsCert: cert, tlsKey: key });
    const { code, stdout, stderr } = await send(["--tls-ca", authority.own.cert, "--retry", "9", "mostrar"], {
      port: server.port,
    });
    assertEquals([code, JSON.parse(stdout).status, stderr.split("\n").length], [69, 504, 2], stderr);
    assert(line.test(stderr), stderr);
    const error = await assertRejects(() => connect({ port: server.port, caCerts: [authority.pem] }), ConnectError);
    assertEquals(error.failure, failure);
  });
}

tlsTest("send exits 69 where the authority is not known, or the certificate is its own", async (authority) => {
  const { cert, key } = await authority.issue();
  await using server = await startServer({ tlsCert: cert, tlsKey: key });
  const unknown = await send(["--tls", "mostrar"], { port: server.port });
  assertEquals(unknown.code, 69);
  assert(
    unknown.stderr.endsWith("not known here; --tls-ca FILE trusts the authority that signed it\n"),
    unknown.stderr,
  );
  await using ofAuthority = await startServer({ tlsCert: authority.own.cert, tlsKey: authority.own.key });
  const { code, stderr } = await send(["--tls-ca", authority.own.cert, "mostrar"], { port: ofAuthority.port });
  assertEquals(code, 69);
  assert(stderr.includes("that of an authority"), stderr);
});

tlsTest("send exits 69 at a plain server with --tls, and at a TLS server without", async (authority) => {
  const { cert, key } = await authority.issue();
  await using plain = await startServer();
  const withTls = await send(["--tls", "mostrar"], { port: plain.port });
  assertEquals(withTls.code, 69);
  // to leave out --tls is no advice: a token would go out in plain text
  assert(withTls.stderr.endsWith("does not speak TLS; is it another port? --port says which\n"), withTls.stderr);
  await using secure = await startServer({ tlsCert: cert, tlsKey: key });
  const without = await send(["mostrar"], { port: secure.port });
  assertEquals([without.code, without.stderr], [69, "recado: Server takes TLS only; --tls speaks it\n"]);
  await using another = new FakeServer(async (client) => {
    await client.request().catch(() => {});
    await client.write("\x15\x03\x03\x00\x02\x02\x32"); // an alert, as any TLS server sends it
  });
  const alerted = await send(["mostrar"], { port: another.port });
  assertEquals([alerted.code, alerted.stderr], [69, "recado: Server takes TLS only; --tls speaks it\n"]);
  await using gone = new FakeServer(() => {});
  assertEquals((await send(["--tls", "mostrar"], { port: gone.port })).code, 69);
});

tlsTest("send: an IPv6 address in brackets is the one that the certificate is for", async (authority) => {
  const { cert, key } = await authority.issue({ names: "IP:::1" });
  await using server = await startServer({ host: "::1", tlsCert: cert, tlsKey: key });
  for (const host of ["::1", "[::1]"]) {
    assertEquals(await send(["--host", host, "--tls-ca", authority.own.cert, "deletar", "9"], { port: server.port }), {
      code: 1,
      stdout: lines(402),
      stderr: "",
    });
  }
});

Deno.test("send --tls to a host that no certificate can be for exits 68, and does not try again", async () => {
  await using server = new FakeServer((client) => client.gone());
  const args = ["--host", "127.1", "--tls", "--retry", "9", "-o", "ids", "mostrar"];
  assertEquals(await send(args, { port: server.port }), {
    code: 68,
    stdout: "",
    stderr: 'recado: Cannot connect to "127.1": it is no name or address; check --host or RECADO_HOST\n',
  });
  const { failure } = await assertRejects(
    () => connect({ host: "127.1", tls: true, port: server.port }),
    ConnectError,
  );
  assertEquals(failure, "host-invalid");
});

tlsTest("a handshake that was given up before it began leaves no socket", async () => {
  await using server = new FakeServer((client) => client.gone());
  const conn = await Deno.connect({ port: server.port });
  await assertRejects(() => secure(conn, "localhost", [], AbortSignal.abort()), ConnectError);
});

tlsTest("send: the time to connect covers the handshake", async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => end = resolve);
  await using server = new FakeServer(() => ended);
  const { code, stderr } = await send(["--tls", "--connect-timeout", "0.2", "mostrar"], { port: server.port });
  assertEquals(code, 69);
  assert(stderr.includes("no connection in 0.2 s"), stderr);
  end();
});

tlsTest("send: one request, bulk and health, with a token", async (authority) => {
  const { cert, key } = await authority.issue();
  const token = authority.file("token");
  await Deno.writeTextFile(token, "segredo", { mode: 0o600 });
  await using server = await startServer({ tlsCert: cert, tlsKey: key, tokenFile: token });
  const options = { port: server.port, env: { RECADO_TLS_CA: authority.own.cert, RECADO_TOKEN_FILE: token } };
  assertEquals(await send(["adicionar", "1", "a"], options), { code: 0, stdout: lines(201), stderr: "" });
  assertEquals(await send(["-q", "--lines"], { ...options, stdin: "b\n".repeat(3000) }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals((await send(["--health"], options)).code, 0);
  assertEquals((await send(["mostrar", "-o", "ids"], options)).stdout.split("\n").length, 3002);
});

Deno.test("tls: authorities that cannot be used are one line, and exit 78", async () => {
  assertEquals(await send(["--tls-ca", "/nonexistent/ca.pem", "mostrar"]), {
    code: 78,
    stdout: "",
    stderr: 'recado: Cannot use the authorities in "/nonexistent/ca.pem": No such file or directory (os error 2)\n',
  });
});

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nenp6\n-----END CERTIFICATE-----\n";

for (
  const [name, text, why] of [
    ["is missing", "-----BEGIN PRIVATE KEY-----\n", "there is no certificate in PEM\n"],
    ["is not seen to begin", `\ufeff${CERTIFICATE}`, "there is no certificate in PEM\n"],
    ["is cut off", CERTIFICATE.slice(0, 40), "a certificate in it is wrong: "],
    ["is none", CERTIFICATE, "a certificate in it is wrong: "],
  ]
) {
  Deno.test(`tls: a file of authorities whose certificate ${name} is told before anything is tried, and exits 78`, async () => {
    await using folder = new TempFolder();
    await using server = new FakeServer((client) => client.gone());
    const path = folder.file("authorities.pem");
    await Deno.writeTextFile(path, text);
    const { code, stdout, stderr } = await send(["--tls-ca", path, "--retry", "9", "mostrar"], { port: server.port });
    const told = `recado: Cannot use the authorities in ${JSON.stringify(path)}: ${why}`;
    assertEquals([code, stdout, stderr.slice(0, told.length)], [78, "", told]);
    assertEquals([stderr.split("\n").length, server.connections], [2, 0]);
  });
}
