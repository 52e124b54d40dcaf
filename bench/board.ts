import { REQUEST } from "./requests.ts";

/** How many requests go out in one write. */
const BATCH = 5000;

/**
 * Puts messages with the ids from 1 on an empty board, through the server.
 *
 * @param port where the server listens
 * @param count how many
 * @throws {Error} when the server refuses one
 */
export async function fillBoard(port: number, count: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const encoder = new TextEncoder();
  const sending = (async () => {
    for (let id = 1; id <= count;) {
      let batch = "";
      for (const end = Math.min(id + BATCH, count + 1); id < end; id++) batch += REQUEST.add.replace("%d", `${id}`);
      await writeAll(conn, encoder.encode(batch));
    }
  })();
  sending.catch(() => {}); // a refusal is read first, and says more
  let added = 0;
  for await (const lines of readLines(conn)) {
    const refusal = lines.match(/^(?!\{"status": 201,).+$/m);
    if (refusal !== null) throw new Error(`Cannot fill the board: ${refusal[0]}`);
    added += lines.split("\n").length - 1;
    if (added === count) break;
  }
  await sending;
}

/**
 * Sends one request and reads its answer to the end.
 *
 * @param port where the server listens
 * @param request without placeholders
 * @returns the bytes of the answer, its newline included
 */
export async function ask(port: number, request: string): Promise<number> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await writeAll(conn, new TextEncoder().encode(request));
  const buffer = new Uint8Array(1 << 20);
  for (let length = 0;;) {
    const read = await conn.read(buffer);
    if (read === null) throw new Error(`Cannot ask ${request.trim()}: the server closed the connection`);
    length += read;
    if (buffer[read - 1] === 0x0a) return length;
  }
}

/** Whole lines, many together. */
async function* readLines(conn: Deno.Conn): AsyncGenerator<string> {
  const buffer = new Uint8Array(1 << 16), decoder = new TextDecoder();
  let rest = "";
  for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
    const text = rest + decoder.decode(buffer.subarray(0, read), { stream: true });
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    yield text.slice(0, end);
  }
  throw new Error("Cannot read an answer: the server closed the connection");
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
