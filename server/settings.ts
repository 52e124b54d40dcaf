/** The options of {@linkcode serve}; times in seconds, 0 for no limit. */
export interface ServeOptions {
  /** The address or name to listen on. */
  host: string;
  /** The TCP port; 0 picks a free one. */
  port: number;
  /** Whether to listen on TCP at all. */
  tcp: boolean;
  /** The path of a Unix socket to listen on as well; `""` for none. */
  unix: string;
  /** The mode of its file. */
  unixMode: number;
  /** The path of a file with the server's certificate, in PEM, which makes TCP take TLS only; `""` for none. */
  tlsCert: string;
  /** The path of a file with the key of that certificate, in PEM. */
  tlsKey: string;
  /** The path of a file with the token that clients must show; `""` for none. */
  tokenFile: string;
  /** `memory`, or `sqlite:` and a path. */
  store: string;
  /** Put the two messages of the original server on the board if it is empty. */
  demo: boolean;
  /** Also put the reason of a 400 to 403 in its `data`. */
  explain: boolean;
  /** The most bytes that one request may have. */
  maxRequestBytes: number;
  /** How deep the braces and brackets of a request may be nested. */
  maxDepth: number;
  /** How many clients are served at once; more are told 505. */
  maxConnections: number;
  /** How long a client may take for the TLS handshake and to show the token. */
  handshakeTimeout: number;
  /** How long a client may take to finish a request. */
  requestTimeout: number;
  /** How long a client may leave an answer unread. */
  writeTimeout: number;
  /** How long a client may be silent between requests. */
  idleTimeout: number;
}

/** The options of {@linkcode serve} by default. */
export const SERVE_DEFAULTS: Readonly<ServeOptions> = {
  host: "127.0.0.1",
  port: 5000,
  tcp: true,
  unix: "",
  unixMode: 0o600,
  tlsCert: "",
  tlsKey: "",
  tokenFile: "",
  store: "sqlite:recado.db",
  demo: false,
  explain: false,
  maxRequestBytes: 1_048_576,
  maxDepth: 64,
  maxConnections: 10_000,
  handshakeTimeout: 10,
  requestTimeout: 10,
  writeTimeout: 10,
  idleTimeout: 0,
};
