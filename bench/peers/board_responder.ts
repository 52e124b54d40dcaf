/**
 * The ceiling of a board that is listed amid changes: what asks for the listing is answered with a constant line of the length that is given, and all else with
 * a short one. Nothing is kept. Started as `deno run --allow-net board_responder.ts LENGTH`, it says on stderr where it listens.
 */
const NEWLINE = 0x0a, FILLER = 0x78;
/** Where `{"op": "mostrar"` differs from the other operations, and in what. */
const OPERATION = { at: 8, list: 0x6d };

const encoder = new TextEncoder();
const change = encoder.encode('{"status": 201, "message": "Mensagem criada", "data": ""}\n');
const listing = new Uint8Array(Number(Deno.args[0])).fill(FILLER);
listing.set(encoder.encode('{"status": 200'));
listing[listing.length - 1] = NEWLINE;

async function respond(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
    for (let start = 0, end = 0; start < read; start = end + 1) {
      end = buffer.indexOf(NEWLINE, start);
      const answer = buffer[start + OPERATION.at] === OPERATION.list ? listing : change;
      for (let at = 0; at < answer.length;) at += await conn.write(at === 0 ? answer : answer.subarray(at));
    }
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4096 });
console.error(`Listening on 127.0.0.1:${listener.addr.port}`);
for await (const conn of listener) {
  conn.setNoDelay(true);
  respond(conn).catch(() => {}).finally(() => conn.close());
}
