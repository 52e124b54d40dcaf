/** The smallest client on Deno: connects, asks, prints. Started as `deno run --allow-net smallest.ts PORT`; what stands before the port is ignored. */
using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(Deno.args.at(-1)) });
await conn.write(new TextEncoder().encode('{"op": "mostrar", "id": "", "data": ""}'));
const buffer = new Uint8Array(65_536);
const length = await conn.read(buffer);
await Deno.stdout.write(buffer.subarray(0, length ?? 0));
