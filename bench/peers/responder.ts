/**
 * The ceiling of what a server can do on Deno: it reads, counts newlines, and writes as many constant answers, each of the length that it is given.
 * Started as `deno run --allow-net responder.ts LENGTH`, it says on stderr where it listens. With a FILE behind it, and `-A`, as many bytes as it has read are
 * made durable there before it answers.
 */
const NEWLINE = 0x0a, MAX_ANSWERS = 1024;
const START = '{"status": 201, "message": "Mensagem criada", "data": "';
const END = '"}\n';

const length = Math.max(Number(Deno.args[0]), START.length + END.length);
const answer = START + "x".repeat(length - START.length - END.length) + END;
// many short answers leave in one write, as they do from the server that this one is compared with
const answers = new TextEncoder().encode(
  answer.repeat(Math.max(1, Math.min(MAX_ANSWERS, Math.floor(65_536 / length)))),
);

const durable = Deno.args[1] === undefined ? undefined : (await import("./durable.ts")).durableWriter(Deno.args[1]);

async function respond(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
    let left = 0;
    for (let at = 0; at < read; at++) if (buffer[at] === NEWLINE) left += length;
    if (durable !== undefined) await durable(read);
    while (left > 0) left -= await conn.write(answers.subarray(0, Math.min(left, answers.length)));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4096 });
console.error(`Listening on 127.0.0.1:${listener.addr.port}`);
for await (const conn of listener) {
  conn.setNoDelay(true);
  respond(conn).catch(() => {}).finally(() => conn.close());
}
