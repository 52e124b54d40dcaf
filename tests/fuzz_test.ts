import { assert, assertEquals } from "@std/assert";
import { MESSAGES, type Status } from "../protocol/mod.ts";
import { lines } from "./support/answers.ts";
import { cut, stream } from "./support/fuzz.ts";
import { seed, sized } from "./support/long.ts";
import { Random } from "./support/random.ts";
import { RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { within } from "./support/wait.ts";

const STREAMS = sized(8000, 1_000_000);

/** Sends a stream in pieces, and reads to the end; a server that is at its end may reset what it no longer reads. */
async function answers(port: number, chunks: readonly Uint8Array[]): Promise<string> {
  using client = await RawClient.connect(port);
  const sent = (async () => {
    for (const chunk of chunks) await client.send(chunk);
    await client.halfClose();
  })().catch(() => {});
  const [text] = await within(10_000, "the answers", Promise.all([client.rest(), sent]));
  return text;
}

/** Every answer is one line of JSON in the exact form, and nothing comes after a 505. */
function check(text: string, told: string): void {
  assert(text === "" || text.endsWith("\n"), told);
  const lines = text.split("\n").slice(0, -1);
  for (const [at, line] of lines.entries()) {
    const { status, message, data, ...others } = JSON.parse(line);
    assertEquals(others, {}, told);
    assertEquals(message, MESSAGES[status as Status], told);
    assertEquals(line, `{"status": ${status}, "message": "${message}", "data": ${JSON.stringify(data)}}`, told);
    assert(status !== 505 || at === lines.length - 1, told);
  }
}

Deno.test("fuzzing: a server answers whatever comes with lines of JSON, serves on, and every store answers alike", async () => {
  const random = new Random(seed("fuzzing of the server"));
  await using folder = new TempFolder();
  const options = { maxRequestBytes: 300, maxDepth: 10, explain: true };
  await using memory = await startServer({ ...options, store: "memory" });
  await using sqlite = await startServer({ ...options, store: `sqlite:${folder.file("board.db")}` });
  for (let round = 0; round < STREAMS; round++) {
    const bytes = stream(random), chunks = random.below(2) > 0 ? [bytes] : cut(bytes, random);
    const told = `round ${round}: ${JSON.stringify(Array.from(bytes))}`;
    const [one, other] = await Promise.all([answers(memory.port, chunks), answers(sqlite.port, chunks)]);
    check(one, told);
    assertEquals(other, one, told);
  }
  for (const { port } of [memory, sqlite]) {
    assertEquals(
      await answers(port, [new TextEncoder().encode('{"op":"deletar","id":-77}')]),
      lines(402).replace('""', '"Cannot deletar: id -77 is not on the board"'),
    );
  }
});
