import { Board } from "../../server/board.ts";
import { Breather } from "../../server/breather.ts";
import { Budget } from "../../server/budget.ts";
import type { ConnectionContext, ConnectionLimits } from "../../server/connection_context.ts";
import { Turnstile } from "../../server/turnstile.ts";
import type { Store } from "../../server/store/mod.ts";

/** Small limits of size, and none of time. */
export const LIMITS: Readonly<ConnectionLimits> = {
  maxBytes: 100,
  maxDepth: 4,
  requestTimeout: 0,
  writeTimeout: 0,
  idleTimeout: 0,
};

/** What a connection needs besides what the test gives. */
export function contextOf(
  store: Store,
  given: Pick<ConnectionContext, "readRequest" | "deadlines" | "log"> & Partial<ConnectionContext>,
): ConnectionContext {
  return {
    board: new Board(store, given.log, { explain: false }),
    turnstile: new Turnstile(),
    breather: new Breather(),
    limits: { ...LIMITS },
    unfinished: new Budget(1000),
    ...given,
  };
}
