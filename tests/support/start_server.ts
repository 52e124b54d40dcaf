import { serve, SERVE_DEFAULTS, type ServeOptions, type Server } from "../../server/mod.ts";

/** A server in this process, on a free port, and what it logged. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  /** The next refusal, as it is logged. */
  refusal(): Promise<[status: number, reason: string]>;
  readonly log: {
    readonly info: string[];
    readonly warnings: string[];
    readonly errors: string[];
    readonly refused: [number, string][];
  };
}

const DEFAULTS: ServeOptions = {
  ...SERVE_DEFAULTS,
  port: 0,
  store: "memory",
  handshakeTimeout: 0,
  requestTimeout: 0,
  writeTimeout: 0,
};

/**
 * Starts a server without time limits; when it is disposed of, it must not have logged an error of its own.
 *
 * @param options other than the defaults
 */
export async function startServer(options: Partial<ServeOptions> = {}): Promise<TestServer> {
  const log: TestServer["log"] = { info: [], warnings: [], errors: [], refused: [] };
  const waiting: ((refusal: [number, string]) => void)[] = [];
  const server = await serve({ ...DEFAULTS, ...options }, {
    debug() {},
    info: (message) => log.info.push(message),
    warn: (message) => log.warnings.push(message),
    error: (message) => log.errors.push(message),
    refused(status, reason) {
      log.refused.push([status, reason]);
      for (const wake of waiting.splice(0)) wake([status, reason]);
    },
  });
  return {
    get port() {
      return server.address.port;
    },
    server,
    log,
    refusal: () => new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      await server.drain();
      if (log.errors.length > 0) throw new Error(`The server logged errors: ${log.errors.join("\n")}`);
    },
  };
}
