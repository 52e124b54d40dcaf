import { ConnectError, type ConnectFailure } from "./errors.ts";

/** What the runtime says when a handshake fails, and what that means; it gives only a text. */
const FAILURES: readonly [said: RegExp, failure: ConnectFailure, why: string][] = [
  [/certificate expired/, "certificate-expired", "the server's certificate has expired"],
  [/certificate not valid yet/, "certificate-expired", "the server's certificate is not valid yet"],
  [/not valid for name/, "certificate-name", "the server's certificate is for another name"],
  [/CaUsedAsEndEntity/, "certificate-unknown", "the server's certificate is that of an authority, and of no server"],
  [/UnknownIssuer/, "certificate-unknown", "the server's certificate is signed by an authority that is not known here"],
  [/invalid peer certificate/, "certificate-unknown", "the server's certificate is not valid"],
  [/corrupt message/, "no-tls", "the server does not speak TLS"],
];

/**
 * Speaks TLS on a connection, and checks the server's certificate and name.
 *
 * @param conn owned from now on
 * @param hostname the name or address that the certificate must be for
 * @param caCerts authorities in PEM that are trusted besides those of the runtime
 * @param signal gives up
 * @throws {ConnectError} when the handshake fails
 * @throws {TypeError} when no certificate can be for the name
 */
export async function secure(
  conn: Deno.TcpConn,
  hostname: string,
  caCerts: readonly string[],
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const tls = await Deno.startTls(conn, { hostname, caCerts: [...caCerts] }).catch((error) => {
    conn[Symbol.dispose](); // unlike close() it may be called where it is closed already
    throw error;
  });
  const abort = () => tls.close();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort(); // it fires no event any more
  try {
    await tls.handshake();
    return tls;
  } catch (cause) {
    if (!signal.aborted) tls.close();
    throw handshakeError(cause as Error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function handshakeError(cause: Error): ConnectError {
  const known = FAILURES.find(([said]) => said.test(cause.message));
  if (known === undefined) return new ConnectError("unreachable", `TLS handshake failed: ${cause.message}`, { cause });
  const [, failure, why] = known;
  const detail = cause.message.match(/certificate is only valid for .*/)?.[0];
  return new ConnectError(failure, detail === undefined ? why : `${why}: ${detail}`, { cause });
}
