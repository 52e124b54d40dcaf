import type { Status } from "../../protocol/mod.ts";

/** How grave an event is, from the gravest on. */
export const LEVELS = ["error", "warn", "info", "debug"] as const;

/** One of {@linkcode LEVELS}. */
export type Level = typeof LEVELS[number];

/** What is known of a refusal besides its status and reason. */
export interface RefusalDetail {
  /** `info` unless it is said. */
  level?: Level;
  /** Who was refused: an address and a port. */
  client?: string;
  /** What could not be read, masked (`maskedSample`). */
  sample?: string;
}

/** Where the server says what happens. No call waits, and none throws. */
export interface Log {
  /** What helps to look into one client's trouble. */
  debug(message: string): void;
  /** Something a keeper of the server wants to know. */
  info(message: string): void;
  /** Something that a keeper should look at, though nothing has failed. */
  warn(message: string): void;
  /** Something went wrong that is not a client's doing. */
  error(message: string): void;
  /** A client was refused something, or let go. */
  refused(status: Status, reason: string, detail?: RefusalDetail): void;
}

/** A log that nobody reads. */
export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, refused() {} };
