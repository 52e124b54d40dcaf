/**
 * The ceiling of what a durable server can do on Deno: `responder.ts`, but before the answers of a turn of the event loop leave, one write past the system's
 * cache, synced, has made as many bytes durable as were read in it. Nothing is kept of what the bytes were.
 * Started as `deno run -A durable_responder.ts LENGTH FILE`, it says on stderr where it listens.
 */
import fs from "node:fs";

const NEWLINE = 0x0a, BLOCK = 4096, FILE_SIZE = 4_194_304, BUFFER_SIZE = 262_144;
const START = '{"status": 201, "message": "Mensagem criada", "data": "';
const END = '"}\n';

const length = Math.max(Number(Deno.args[0]), START.length + END.length);
const answer = START + "x".repeat(length - START.length - END.length) + END;
const answers = new TextEncoder().encode(answer.repeat(1024));

// aligned to pages, as direct writes need it
const blocks = new Uint8Array(new WebAssembly.Memory({ initial: BUFFER_SIZE / 65_536 }).buffer);
const file = open(Deno.args[1]);
for (let at = 0; at < FILE_SIZE; at += BUFFER_SIZE) fs.writeSync(file, blocks, 0, BUFFER_SIZE, at);
fs.fsyncSync(file);

let read = 0, end = 0;
let waiting: (() => void)[] = [];

function open(path: string): number {
  const { O_CREAT, O_RDWR, O_DIRECT, O_DSYNC } = fs.constants, synced = O_CREAT | O_RDWR | O_DSYNC;
  try {
    return fs.openSync(path, synced | O_DIRECT, 0o600);
  } catch {
    return fs.openSync(path, synced, 0o600); // not every file system can do it
  }
}

function commit(): void {
  const size = Math.min(Math.ceil(read / BLOCK) * BLOCK, BUFFER_SIZE);
  if (end + size > FILE_SIZE) end = 0;
  fs.writeSync(file, blocks, 0, size, end);
  end += size;
  read = 0;
  const durable = waiting;
  waiting = [];
  for (const answer of durable) answer();
}

function durable(bytes: number): Promise<void> {
  read += bytes;
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(commit);
  });
}

async function respond(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  for (let bytes = await conn.read(buffer); bytes !== null; bytes = await conn.read(buffer)) {
    let left = 0;
    for (let at = 0; at < bytes; at++) if (buffer[at] === NEWLINE) left += length;
    await durable(bytes);
    while (left > 0) left -= await conn.write(answers.subarray(0, Math.min(left, answers.length)));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4096 });
console.error(`Listening on 127.0.0.1:${listener.addr.port}`);
for await (const conn of listener) {
  conn.setNoDelay(true);
  respond(conn).catch(() => {}).finally(() => conn.close());
}
