/** The server: {@linkcode serve} for programs and tests, {@linkcode serveCommand} for the command line. */
export { SERVE, serveCommand } from "./command.ts";
export { ServeError } from "./errors.ts";
export { lineLog, type Log } from "./log/mod.ts";
export { serve } from "./serve.ts";
export { Server } from "./server.ts";
export { SERVE_DEFAULTS, type ServeOptions } from "./settings.ts";
export { StoreError } from "./store/mod.ts";
