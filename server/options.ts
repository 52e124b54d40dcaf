import { choice, flag, integer, seconds, text } from "../cli/mod.ts";
import type { OptionValues } from "../cli/mod.ts";
import { FORMS, LEVELS, type LineLogOptions } from "./log/mod.ts";
import { SERVE_DEFAULTS, type ServeOptions } from "./server.ts";
import { STORE_URL } from "./store/mod.ts";

/** The options of `recado serve`. */
export const SERVE_OPTIONS = {
  host: text({ value: "HOST", default: SERVE_DEFAULTS.host, help: "address to listen on" }),
  port: integer({ default: SERVE_DEFAULTS.port, min: 0, max: 65535, help: "TCP port; 0 picks a free one" }),
  store: text({
    value: "STORE",
    default: SERVE_DEFAULTS.store,
    pattern: STORE_URL,
    expected: "memory or sqlite:PATH",
    help: "where the messages are kept: sqlite:PATH or memory",
  }),
  demo: flag({ help: "put the two messages of the original server on an empty board" }),
  explain: flag({ help: "put the reason of a 400 to 403 in its data, too" }),
  "max-request-bytes": integer({
    default: SERVE_DEFAULTS.maxRequestBytes,
    min: 1,
    max: 536_870_912,
    help: "largest request",
  }),
  "max-depth": integer({ default: SERVE_DEFAULTS.maxDepth, min: 1, max: 1000, help: "deepest nesting of a request" }),
  "max-connections": integer({
    default: SERVE_DEFAULTS.maxConnections,
    min: 1,
    max: 1_000_000,
    help: "clients served at once",
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
    help: "the least grave events to log: error, warn, info or debug",
  }),
  help: flag({ short: "h", commandLineOnly: true, help: "print this and exit" }),
  version: flag({ commandLineOnly: true, help: "print the version and exit" }),
};

/** The command line's values as {@linkcode ServeOptions}. */
export function serveOptions(values: OptionValues<typeof SERVE_OPTIONS>): ServeOptions {
  return {
    host: values.host,
    port: values.port,
    store: values.store,
    demo: values.demo,
    explain: values.explain,
    maxRequestBytes: values["max-request-bytes"],
    maxDepth: values["max-depth"],
    maxConnections: values["max-connections"],
    requestTimeout: values["request-timeout"],
    writeTimeout: values["write-timeout"],
    idleTimeout: values["idle-timeout"],
  };
}

/** The command line's values as {@linkcode LineLogOptions}. */
export function logOptions(values: OptionValues<typeof SERVE_OPTIONS>): LineLogOptions {
  return { form: values.log as LineLogOptions["form"], level: values["log-level"] as LineLogOptions["level"] };
}
