import type { FrameLimits, RequestReader } from "../protocol/mod.ts";
import type { Board } from "./board.ts";
import type { Breather } from "./breather.ts";
import type { Budget } from "./budget.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Log } from "./log/mod.ts";
import type { Turnstile } from "./turnstile.ts";

/** What one client may do; times in milliseconds, 0 for no limit. */
export interface ConnectionLimits extends FrameLimits {
  /** How long it may take to finish a request once its first byte has come. */
  requestTimeout: number;
  /** How long it may take without progress while an answer is written. */
  writeTimeout: number;
  /** How long it may be silent between requests. */
  idleTimeout: number;
}

/** What a connection needs of its server. */
export interface ConnectionContext {
  /** Reads requests that are not canonical. */
  readRequest: RequestReader;
  /** Carries out its requests. */
  board: Board;
  /** Watches its time limits. */
  deadlines: Deadlines;
  /** Where it waits for its turn among many. */
  turnstile: Turnstile;
  /** Where it waits after much work. */
  breather: Breather;
  /** Its limits. */
  limits: ConnectionLimits;
  /** Told why it was refused, or let go. */
  log: Log;
  /** The bytes that all unfinished requests of the server may take. */
  unfinished: Budget;
}
