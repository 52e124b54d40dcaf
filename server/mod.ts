/** The server: {@linkcode serve} for programs and tests, {@linkcode serveCommand} for the command line. */
export { serveCommand } from "./command.ts";
export { lineLog, type Log } from "./log.ts";
export { serve, type ServeOptions, Server } from "./server.ts";
export { StoreError } from "./store/mod.ts";
