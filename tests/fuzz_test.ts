import { assert, assertEquals, assertLess } from "@std/assert";
import { MESSAGES, type Status } from "../protocol/mod.ts";
import { lines } from "./support/answers.ts";
import { Authority, servesTls } from "./support/authority.ts";
import { bytesOf } from "./support/bytes.ts";
import { ServeChild } from "./support/child.ts";
import { cut, stream } from "./support/fuzz.ts";
import { rounds, seed, sized } from "./support/long.ts";
import { hasProc, peakBytes, ticks, TICKS_A_SECOND } from "./support/process.ts";
import { Random } from "./support/random.ts";
import { RawClient } from "./support/raw_client.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { within } from "./support/wait.ts";

/** A server that has not answered after so long hangs, whatever else the machine does; in milliseconds. */
const HANGS = 60_000;

const LIMITS = [
  "--max-request-bytes",
  "300",
  "--max-depth",
  "10",
  "--explain",
  "--log",
  "json",
  "--log-level",
  "debug",
];
const ABSENT = '{"op":"deletar","id":-77}';
const TOKEN = "segredo", AUTENTICAR = `{"op":"autenticar","id":"","data":"${TOKEN}"}`;

/** Sends a stream in pieces, and reads to the end; a server that is at its end may reset what it no longer reads. */
async function answers({ port }: ServeChild, chunks: readonly Uint8Array[]): Promise<string> {
  using client = await RawClient.connect(port);
  const sent = (async () => {
    for (const chunk of chunks) await client.send(chunk);
    await client.halfClose();
  })().catch(() => {});
  const [text] = await within(HANGS, "the answers", Promise.all([client.rest(), sent]));
  return text;
}

/** Every answer is one line of JSON in the exact form, and nothing comes after a 505. */
function check(text: string): void {
  assert(text === "" || text.endsWith("\n"));
  const lines = text.split("\n").slice(0, -1);
  for (const [at, line] of lines.entries()) {
    const { status, message, data, ...others } = JSON.parse(line);
    assertEquals(others, {});
    assertEquals(message, MESSAGES[status as Status]);
    assertEquals(line, `{"status": ${status}, "message": "${message}", "data": ${JSON.stringify(data)}}`);
    assert(status !== 505 || at === lines.length - 1);
  }
}

/** Runs a round, which no server may need a second of processor for; what goes wrong is told with the bytes that were sent. */
async function timed(servers: readonly ServeChild[], told: string, round: () => Promise<void>): Promise<void> {
  const time = () => hasProc ? servers.map(({ pid }) => ticks(pid)) : servers.map(() => 0);
  const before = time();
  try {
    await round();
    for (const [at, now] of time().entries()) {
      assertLess(now - before[at], TICKS_A_SECOND, "a server was busy for a second");
    }
  } catch (cause) {
    throw new Error(`${told}: ${(cause as Error).message}`, { cause });
  }
}

/** Ends a server: it serves on until then, its memory is bounded, and its log is whole lines, short and without what could steer a terminal. */
async function end(server: ServeChild, secret: string): Promise<void> {
  if (hasProc) assertLess(peakBytes(server.pid), 512 * 1_048_576);
  server.kill("SIGTERM");
  const { code, stdout, stderr } = await within(HANGS, "the end", server.ended());
  assertEquals([code, stdout], [0, ""], stderr.slice(-2000));
  assert(!stderr.includes(secret));
  for (const line of stderr.trimEnd().split("\n")) {
    const { level, message } = JSON.parse(line);
    assert(level !== "error", message);
    assert(line.length < 5000 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(line), line);
  }
}

Deno.test("fuzzing: a server answers whatever comes with lines of JSON and serves on, however it is cut, in every store and behind a token", async () => {
  const name = "fuzzing of the server", random = new Random(seed(name));
  await using folder = new TempFolder();
  const token = folder.file("token");
  await Deno.writeTextFile(token, TOKEN, { mode: 0o600 });
  await using memory = await ServeChild.start(["--store", "memory", ...LIMITS]);
  await using sqlite = await ServeChild.start(["--store", `sqlite:${folder.file("board.db")}`, ...LIMITS]);
  await using guarded = await ServeChild.start(["--store", "memory", "--token-file", token, ...LIMITS]);
  // with the limit of what is read before the token, and not that of a request
  await using closed = await ServeChild.start(["--store", "memory", "--token-file", token, ...LIMITS.slice(2)]);
  const servers = [memory, sqlite, guarded, closed];
  for (const round of rounds(name, sized(20, 1800), 300)) {
    const bytes = stream(random), parts = () => random.below(2) > 0 ? [bytes] : cut(bytes, random);
    await timed(servers, `round ${round}: ${JSON.stringify(Array.from(bytes))}`, async () => {
      const [one, other, inside, outside] = await Promise.all([
        answers(memory, parts()),
        answers(sqlite, parts()),
        answers(guarded, [bytesOf(AUTENTICAR), ...parts()]),
        answers(closed, parts()),
      ]);
      check(one);
      assertEquals(other, one);
      assertEquals(inside, lines(200) + one);
      check(outside);
      assert(outside === "" || outside.startsWith('{"status": 505') && outside.indexOf("\n") === outside.length - 1);
    });
  }
  const absent = lines(402).replace('""', '"Cannot deletar: id -77 is not on the board"');
  for (const server of servers) {
    const begin = server === memory || server === sqlite ? "" : AUTENTICAR;
    assertEquals(await answers(server, [bytesOf(begin + ABSENT)]), (begin && lines(200)) + absent);
    await end(server, TOKEN);
  }
});

/** The beginning of a TLS connection, as far as a client can be in it: a record, its version, its length, a hello. */
const HELLO = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];

Deno.test({
  name: "fuzzing: a server of TLS takes whatever comes for no client, or for none yet, and serves on",
  ignore: !servesTls,
  async fn() {
    const name = "fuzzing of TLS", random = new Random(seed(name));
    await using authority = await Authority.create();
    const { cert, key } = await authority.issue();
    await using server = await ServeChild.start(["--store", "memory", "--tls-cert", cert, "--tls-key", key, ...LIMITS]);
    for (const round of rounds(name, sized(5, 300), 100)) {
      const begin = random.pick([[], [0x16], HELLO.slice(0, random.below(HELLO.length + 1)), HELLO]);
      const bytes = Uint8Array.from([...begin, ...stream(random)]);
      await timed([server], `round ${round}: ${JSON.stringify(Array.from(bytes))}`, async () => {
        const told = await answers(server, cut(bytes, random)).catch(() => ""); // it may be reset
        // an alert of TLS, the line in plain text, or nothing
        assert(told === "" || told.startsWith("\x15") || told.startsWith('{"status": 505'), JSON.stringify(told));
      });
    }
    using client = new RawClient(
      await Deno.connectTls({ hostname: "localhost", port: server.port, caCerts: [authority.pem] }),
    );
    assertEquals(await client.ask('{"op":"mostrar"}'), lines(200));
    client[Symbol.dispose]();
    await end(server, "BEGIN");
  },
});
