/** What a connection needs of a socket: `Deno.Conn` has it, and so has a {@linkcode TlsSocket}. */
export type Socket = Pick<Deno.Conn, "remoteAddr" | "read" | "write" | "closeWrite" | "close"> & {
  /** Whether `closeWrite` must come before `close`, so that the end does not look like a cut connection: with TLS. */
  readonly hasLastWord?: boolean;
};

/** The client's machine, or the route to it, has gone: Linux says this, and not that the connection timed out, when nobody answers for its address. */
const UNREACHABLE = ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"];

/** Whether an error says that the client has gone. */
export function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.TimedOut || UNREACHABLE.includes((error as { code?: string }).code ?? "");
}
