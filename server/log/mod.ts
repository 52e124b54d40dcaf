/** The server's log: one line per event, on stderr. It never waits for its reader, and a flood of events makes no flood of lines. */
export { lineLog, type LineLogOptions } from "./line_log.ts";
export { type Level, LEVELS, type Log, type RefusalDetail, SILENT } from "./log.ts";
export type { LineSink } from "./line_writer.ts";
export { FORMS, type LogForm } from "./format.ts";
export { maskedSample } from "./sample.ts";
