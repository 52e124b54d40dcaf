/** Where the server says what happens: one line an event, on stderr. */
export interface Log {
  /** Something a keeper of the server wants to know. */
  info(message: string): void;
  /** Something a keeper of the server must know, though all goes on. */
  warn(message: string): void;
  /** Something went wrong that is not a client's doing. */
  error(message: string): void;
  /** A client was refused something, or let go. */
  refused(status: number, reason: string): void;
}

/** How many refusals are written in a second; the others are counted. */
const REFUSALS_A_SECOND = 20;

/**
 * A log that writes lines. Refusals above a rate are counted and summed up in one line, so that a flood of bad clients is no flood of lines.
 *
 * @param write takes one line, without its newline
 * @param now the time in milliseconds
 */
export function lineLog(write: (line: string) => void, now: () => number = Date.now): Log {
  let second = 0, refusals = 0;
  return {
    info: write,
    warn: (message) => write(`Warning: ${message}`),
    error: (message) => write(`Error: ${message}`),
    refused(status, reason) {
      const current = Math.floor(now() / 1000);
      if (current !== second) {
        if (refusals > REFUSALS_A_SECOND) write(`Refused ${refusals - REFUSALS_A_SECOND} more in that second`);
        second = current;
        refusals = 0;
      }
      if (++refusals <= REFUSALS_A_SECOND) write(`Refused with ${status}: ${reason}`);
    },
  };
}
