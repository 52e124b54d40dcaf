/** The server's log: one line an event, on stderr; it never waits for whoever reads it, and a flood of events is no flood of lines. */
export { lineLog, type LineLogOptions } from "./line_log.ts";
export { type Level, LEVELS, type Log, type RefusalDetail, SILENT } from "./log.ts";
export type { LineSink } from "./line_writer.ts";
export { FORMS, type LogForm } from "./format.ts";
export { maskedSample } from "./sample.ts";
