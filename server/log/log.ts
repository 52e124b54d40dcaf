import type { Status } from "../../protocol/mod.ts";

/** How severe an event is, the most severe first. */
export const LEVELS = ["error", "warn", "info", "debug"] as const;

/** One of {@linkcode LEVELS}. */
export type Level = typeof LEVELS[number];

/** What is known of a refusal besides its status and reason. */
export interface RefusalDetail {
  /** `info` by default. */
  level?: Level;
  /** Who was refused: an address and a port. */
  client?: string;
  /** What could not be read, masked (`maskedSample`). */
  sample?: string;
}

/** Where the server says what happens. No call waits, and none throws. */
export interface Log {
  /** Something that helps to look into a problem of one client. */
  debug(message: string): void;
  /** Something that an operator wants to know. */
  info(message: string): void;
  /** Something that an operator should look at, though nothing has failed. */
  warn(message: string): void;
  /** Something went wrong that is not a client's doing. */
  error(message: string): void;
  /** A client was refused something, or let go. */
  refused(status: Status, reason: string, detail?: RefusalDetail): void;
}

/** A log that nobody reads. */
export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, refused() {} };
