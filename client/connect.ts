import { Client } from "./client.ts";
import { Connection } from "./connection.ts";
import { ConnectError, type ConnectFailure } from "./errors.ts";

/** Where and how to connect; times in milliseconds, 0 for no limit. */
export interface ConnectOptions {
  /** A name or an address; 127.0.0.1 unless it is given. */
  host?: string;
  /** The TCP port; 5000 unless it is given. */
  port?: number;
  /** For the connection to be made; 5,000 unless it is given. */
  connectTimeout?: number;
  /** For each answer, from the request being sent and those before it being answered; 5,000 unless it is given. */
  timeout?: number;
  /** Gives up connecting. */
  signal?: AbortSignal;
}

/**
 * Connects to a server.
 *
 * @param options where, and how long to wait
 * @throws {ConnectError} when there is no connection in time
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
  const { host = "127.0.0.1", port = 5000, connectTimeout = 5000, timeout = 5000, signal } = options;
  const expired = connectTimeout > 0 ? AbortSignal.timeout(connectTimeout) : undefined;
  const signals = [expired, signal].filter((signal) => signal !== undefined);
  try {
    const conn = await Deno.connect({ hostname: host, port, signal: AbortSignal.any(signals) });
    conn.setNoDelay(true);
    return new Client(new Connection(conn), timeout);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw expired?.aborted
      ? new ConnectError(
        "timed-out",
        `Cannot connect to ${host}:${port}: no connection in ${connectTimeout / 1000} s`,
        { cause },
      )
      : new ConnectError(failureOf(cause), `Cannot connect to ${host}:${port}: ${reason(cause)}`, { cause });
  }
}

/** Deno has no class and no code for a name that cannot be resolved, only the message. */
function failureOf(cause: unknown): ConnectFailure {
  return (cause as Error).message.includes("failed to lookup address") ? "host-unknown" : "unreachable";
}

function reason(cause: unknown): string {
  return failureOf(cause) === "host-unknown" ? "host name is not known" : (cause as Error).message;
}
