import type { FrameLimits, RequestReader } from "../protocol/mod.ts";
import type { Board } from "./board.ts";
import type { Breather } from "./breather.ts";
import type { Budget } from "./budget.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Log } from "./log/mod.ts";
import type { Turnstile } from "./turnstile.ts";

/** What one client may do; times in milliseconds, 0 for no limit. */
export interface ConnectionLimits extends FrameLimits {
  /** To finish a request once its first byte has come. */
  requestTimeout: number;
  /** Without progress while an answer is written. */
  writeTimeout: number;
  /** Between requests. */
  idleTimeout: number;
}

/** What a connection needs of its server. */
export interface ConnectionContext {
  /** Reads what is not canonical. */
  readRequest: RequestReader;
  /** Carries out what it asks for. */
  board: Board;
  /** Watch over its times. */
  deadlines: Deadlines;
  /** Where it waits for its turn among many. */
  turnstile: Turnstile;
  /** Where it waits after much work. */
  breather: Breather;
  /** What it may do. */
  limits: ConnectionLimits;
  /** Told why it was refused, or let go. */
  log: Log;
  /** For what all clients have begun and not finished. */
  unfinished: Budget;
}
