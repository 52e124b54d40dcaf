/**
 * Sends a text again and again on some connections, without waiting for answers, and reads these. Started as `deno run --allow-net flood.ts PORT CONNECTIONS
 * BYTES TEXT`, it says `flooding` once all are connected, and ends when as many bytes were sent on each and all was answered.
 */
const [port, connections, bytes, text] = Deno.args;
const chunk = new TextEncoder().encode(text.repeat(65_536 / text.length));

async function send(conn: Deno.Conn): Promise<void> {
  for (let left = Number(bytes); left > 0; left -= chunk.length) {
    for (let at = 0; at < chunk.length;) at += await conn.write(chunk.subarray(at));
  }
  await conn.closeWrite();
}

async function receive(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1_048_576);
  while (await conn.read(buffer) !== null);
}

const conns = await Promise.all(
  Array.from({ length: Number(connections) }, () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) })),
);
console.log("flooding");
await Promise.all(conns.flatMap((conn) => [send(conn), receive(conn)]));
