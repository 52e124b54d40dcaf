/** The server: {@linkcode serve} for programs and tests, {@linkcode serveCommand} for the command line. */
export { SERVE, serveCommand } from "./command.ts";
export { lineLog, type Log } from "./log/mod.ts";
export { serve, SERVE_DEFAULTS, type ServeOptions, Server } from "./server.ts";
export { StoreError } from "./store/mod.ts";
