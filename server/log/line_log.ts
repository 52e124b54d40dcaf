import type { Status } from "../../protocol/mod.ts";
import { Flood } from "./flood.ts";
import { type Entry, formatEntry, type LogForm } from "./format.ts";
import { type LineSink, LineWriter } from "./line_writer.ts";
import { type Level, LEVELS, type Log } from "./log.ts";
import { maskedReason } from "./sample.ts";

/** How a log of lines is written. */
export interface LineLogOptions {
  /** The form of a line. */
  form: LogForm;
  /** The least severe level that is written. */
  level: Level;
  /** Where the lines go; `Deno.stderr` by default. */
  sink?: LineSink;
  /** The time of a line, in milliseconds since 1970. */
  now?: () => number;
  /** What floods are timed by, in milliseconds: unlike the time of day it never jumps. */
  clock?: () => number;
}

/** Events of one kind are counted together when there are too many of them. */
type Kind = Level | `${Level} ${Status}`;

/**
 * A log that writes a line per event. Events of one kind beyond a rate are counted and summed up in one line; lines that nobody reads are dropped and counted.
 * Disposing of it writes what is left.
 */
export function lineLog(
  { form, level, sink = Deno.stderr, now = Date.now, clock = () => performance.now() }: LineLogOptions,
): Log & AsyncDisposable {
  const format = (entry: Entry) => formatEntry(form, entry, now());
  const writer = new LineWriter(
    sink,
    (count) => format({ level: "warn", message: `${count} lines of this log were dropped: nobody read them in time` }),
  );
  const flood = new Flood<Kind>((kind, more, seconds) => {
    const [level, status] = kind.split(" ");
    const message = `${more} more like these in ${seconds} s`;
    writer.write(format({ level: level as Level, message, ...status && { status: Number(status) as Status } }));
  }, clock);
  const told = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  const log = (kind: Kind, entry: Entry) => {
    if (told.includes(entry.level) && flood.admits(kind)) writer.write(format(entry));
  };
  const teller = (level: Level) => (message: string) => log(level, { level, message });
  return {
    debug: teller("debug"),
    info: teller("info"),
    warn: teller("warn"),
    error: teller("error"),
    refused(status, reason, { level = "info", ...detail } = {}) {
      // an error is of the server's own doing, and quotes nothing of a client
      const message = level === "error" ? reason : maskedReason(reason);
      log(`${level} ${status}`, { level, message, status, ...detail });
    },
    async [Symbol.asyncDispose]() {
      flood[Symbol.dispose]();
      await writer[Symbol.asyncDispose]();
    },
  };
}
