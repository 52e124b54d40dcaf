import {
  choice,
  type CommandLine,
  ConfigurationError,
  flag,
  integer,
  type OptionValues,
  seconds,
  text,
  UsageError,
} from "../cli/mod.ts";
import { FORMS, LEVELS, type LineLogOptions } from "./log/mod.ts";
import { SERVE_DEFAULTS, type ServeOptions } from "./settings.ts";
import { STORE_URL } from "./store/mod.ts";

/** The most bytes of a request: a listing takes up to five characters for one of a text (U+007F), and a string of the runtime has at most 2^29 - 24. */
const LARGEST_REQUEST = 67_108_864;

/** The options of `recado serve`. */
export const SERVE_OPTIONS = {
  host: text({ value: "HOST", default: SERVE_DEFAULTS.host, help: "address to listen on" }),
  port: integer({ default: SERVE_DEFAULTS.port, min: 0, max: 65535, help: "TCP port; 0 picks a free one" }),
  "no-tcp": flag({ help: "do not listen on TCP; goes with --unix" }),
  unix: text({ value: "PATH", default: SERVE_DEFAULTS.unix, help: "also listen on a Unix socket" }),
  "unix-mode": text({
    value: "MODE",
    default: SERVE_DEFAULTS.unixMode.toString(8),
    pattern: /^0?[0-7]{3}$/,
    expected: "three octal digits",
    help: "mode of the Unix socket",
  }),
  "tls-cert": text({
    value: "FILE",
    default: SERVE_DEFAULTS.tlsCert,
    help: "take only TLS on TCP, with this certificate (PEM); SIGHUP reads it again",
  }),
  "tls-key": text({ value: "FILE", default: SERVE_DEFAULTS.tlsKey, help: "the key of the certificate (PEM)" }),
  "token-file": text({
    value: "FILE",
    default: SERVE_DEFAULTS.tokenFile,
    help: "let in only clients that show the token in FILE, mode 0600; SIGHUP reads it again",
  }),
  store: text({
    value: "STORE",
    default: SERVE_DEFAULTS.store,
    pattern: STORE_URL,
    expected: "memory or sqlite:PATH",
    help: "where the messages are kept: sqlite:PATH or memory",
  }),
  demo: flag({ help: "put the two messages of the original server on an empty board" }),
  explain: flag({ help: "also put the reason of a 400 to 403 in its data" }),
  "max-request-bytes": integer({
    default: SERVE_DEFAULTS.maxRequestBytes,
    min: 1,
    max: LARGEST_REQUEST,
    help: "largest request, in bytes",
  }),
  "max-depth": integer({ default: SERVE_DEFAULTS.maxDepth, min: 1, max: 1000, help: "deepest nesting of a request" }),
  "max-connections": integer({
    default: SERVE_DEFAULTS.maxConnections,
    min: 1,
    max: 1_000_000,
    help: "clients served at once",
  }),
  "handshake-timeout": seconds({
    default: SERVE_DEFAULTS.handshakeTimeout,
    help: "time for the TLS handshake and to show the token; 0 is no limit",
  }),
  "request-timeout": seconds({
    default: SERVE_DEFAULTS.requestTimeout,
    help: "time to finish a request once begun; 0 is no limit",
  }),
  "write-timeout": seconds({
    default: SERVE_DEFAULTS.writeTimeout,
    help: "time without progress in writing; 0 is no limit",
  }),
  "idle-timeout": seconds({ default: SERVE_DEFAULTS.idleTimeout, help: "time between requests; 0 is no limit" }),
  log: choice({ value: "FORM", default: "text", choices: FORMS, help: "lines of the log on stderr: text or json" }),
  "log-level": choice({
    value: "LEVEL",
    default: "info",
    choices: LEVELS,
    help: "log events of at least this severity: error, warn, info or debug",
  }),
  help: flag({ short: "h", commandLineOnly: true, help: "print this and exit" }),
  version: flag({ commandLineOnly: true, help: "print the version and exit" }),
};

/**
 * The command line as {@linkcode ServeOptions}.
 *
 * @throws {UsageError} when options on it do not go together
 * @throws {ConfigurationError} when those of the environment do not
 */
export function serveOptions(
  { values, given }: Pick<CommandLine<typeof SERVE_OPTIONS>, "values" | "given">,
): ServeOptions {
  const cert = values["tls-cert"], key = values["tls-key"];
  const check = (good: boolean, names: readonly string[], message: string) => {
    if (!good) throw names.some((name) => given.has(name)) ? new UsageError(message) : new ConfigurationError(message);
  };
  check((cert === "") === (key === ""), ["tls-cert", "tls-key"], "Options --tls-cert and --tls-key go together");
  check(!values["no-tcp"] || values.unix !== "", ["no-tcp"], "Option --no-tcp goes with --unix");
  check(!values["no-tcp"] || cert === "", ["no-tcp", "tls-cert"], "Options --no-tcp and --tls-cert exclude each other");
  return {
    host: values.host,
    port: values.port,
    tcp: !values["no-tcp"],
    unix: values.unix,
    unixMode: parseInt(values["unix-mode"], 8),
    tlsCert: cert,
    tlsKey: key,
    tokenFile: values["token-file"],
    store: values.store,
    demo: values.demo,
    explain: values.explain,
    maxRequestBytes: values["max-request-bytes"],
    maxDepth: values["max-depth"],
    maxConnections: values["max-connections"],
    handshakeTimeout: values["handshake-timeout"],
    requestTimeout: values["request-timeout"],
    writeTimeout: values["write-timeout"],
    idleTimeout: values["idle-timeout"],
  };
}

/** The command line's values as {@linkcode LineLogOptions}. */
export function logOptions(values: OptionValues<typeof SERVE_OPTIONS>): LineLogOptions {
  return { form: values.log as LineLogOptions["form"], level: values["log-level"] as LineLogOptions["level"] };
}
