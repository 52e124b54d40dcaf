import { systemReason } from "../cli/mod.ts";
import { Client } from "./client.ts";
import { Connection } from "./connection.ts";
import { ConnectError, type ConnectFailure } from "./errors.ts";
import { secure } from "./tls.ts";

/** Where and how to connect; times in milliseconds, 0 for no limit. */
export interface ConnectOptions {
  /** A name or an address; 127.0.0.1 by default. */
  host?: string;
  /** The TCP port; 5000 by default. */
  port?: number;
  /** The path of a Unix socket; then host and port are ignored, and TLS is not spoken. */
  path?: string;
  /** Speak TLS, and check that the server's certificate is for the host. */
  tls?: boolean;
  /** Authorities in PEM to trust besides those of the runtime; with any, TLS is spoken. */
  caCerts?: readonly string[];
  /** The token that the server asks for. */
  token?: string;
  /** For making the connection, its TLS handshake included; 5,000 by default. */
  connectTimeout?: number;
  /** For each answer, from when the request is sent and those before it are answered; 5,000 by default. */
  timeout?: number;
  /** Gives up connecting, and waiting for the answer to the token. */
  signal?: AbortSignal;
}

const DEFAULT_TIMEOUT = 5000;

/**
 * Connects to a server and, if there is a token, shows it and waits until the server takes it.
 *
 * @param options where, and how long to wait
 * @throws {ConnectError} when no connection is made in time, or the other side is not the right server
 * @throws {AuthenticationError} when the server refuses the token
 * @throws {ClientError} when the token is not answered
 *
 * @example
 * ```ts
 * import { serve } from "../server/mod.ts";
 * import { connect } from "./mod.ts";
 *
 * await using server = await serve({ port: 0, store: "memory" });
 * await using client = await connect({ port: server.address.port });
 * await client.add("teste", 3);
 * console.log(await client.list()); // [{ id: 3, mensagem: "teste" }]
 * ```
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const connection = await dial(options);
  try {
    await connection.authenticated(options.signal);
  } catch (error) {
    connection.close();
    throw error;
  }
  return new Client(connection, options.timeout ?? DEFAULT_TIMEOUT);
}

/**
 * Connects to a server as {@linkcode connect} does, but sends the token with the first request, in the same write: if the token is refused, that request is
 * rejected.
 *
 * @throws {ConnectError} as {@linkcode connect}
 */
export async function dial(options: ConnectOptions): Promise<Connection> {
  const { connectTimeout = DEFAULT_TIMEOUT, timeout = DEFAULT_TIMEOUT, signal, token } = options;
  const expired = connectTimeout > 0 ? AbortSignal.timeout(connectTimeout) : undefined;
  const signals = [expired, signal].filter((signal) => signal !== undefined);
  try {
    // a single signal is used as it is: combining takes a hundredth of a one-shot client's time
    const conn = await open(options, signals.length === 1 ? signals[0] : AbortSignal.any(signals));
    return new Connection(conn, token === undefined ? undefined : { token, timeout });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const [failure, why]: [ConnectFailure, string] = expired?.aborted
      ? ["timed-out", `no connection in ${connectTimeout / 1000} s`]
      : options.path === undefined
      ? [failureOf(cause), reason(cause)]
      : ["path-unreachable", systemReason(cause)];
    throw new ConnectError(failure, `Cannot connect to ${nameOf(options, failure)}: ${why}`, { cause });
  }
}

async function open(options: ConnectOptions, signal: AbortSignal): Promise<Deno.Conn> {
  const { host = "127.0.0.1", port = 5000, path, caCerts = [], tls = caCerts.length > 0 } = options;
  if (path !== undefined) {
    signal.throwIfAborted(); // Deno takes no signal here, and needs none: the system answers at once
    return await Deno.connect({ transport: "unix", path });
  }
  const conn = await Deno.connect({ hostname: host, port, signal });
  try {
    conn.setNoDelay(true);
  } catch (error) {
    conn.close(); // the server has gone already
    throw error;
  }
  // the brackets of an IPv6 address are in no certificate
  return tls ? await secure(conn, host.replace(/^\[(.+)\]$/, "$1"), caCerts, signal) : conn;
}

function nameOf({ host = "127.0.0.1", port = 5000, path }: ConnectOptions, failure: ConnectFailure): string {
  if (path !== undefined) return `unix:${path}`;
  if (failure === "host-invalid") return JSON.stringify(host);
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What kind of failure it was. For a name that cannot be resolved, or that no certificate can be for, Deno has no class and no code, only the message. */
function failureOf(cause: unknown): ConnectFailure {
  if (cause instanceof ConnectError) return cause.failure;
  const { message } = cause as Error;
  if (cause instanceof URIError || message.startsWith("Invalid hostname")) return "host-invalid";
  return message.includes("failed to lookup address") ? "host-unknown" : "unreachable";
}

function reason(cause: unknown): string {
  switch (failureOf(cause)) {
    case "host-unknown":
      return "host name is not known";
    case "host-invalid":
      return "it is no name or address";
    default:
      return (cause as Error).message;
  }
}
