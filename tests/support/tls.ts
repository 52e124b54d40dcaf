import { Authority, servesTls } from "./authority.ts";
import { RawClient } from "./raw_client.ts";

/** A test of TLS, which has an authority of its own; left out where the server speaks no TLS. */
export function tlsTest(name: string, fn: (authority: Authority) => Promise<void>, possible = servesTls): void {
  Deno.test({
    name: `tls: ${name}`,
    ignore: !possible,
    async fn() {
      await using authority = await Authority.create();
      await fn(authority);
    },
  });
}

/** A client that speaks TLS. */
export async function secureClient(port: number, authority: Authority): Promise<RawClient> {
  return new RawClient(await Deno.connectTls({ hostname: "localhost", port, caCerts: [authority.pem] }));
}
