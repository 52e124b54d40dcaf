import { type ConnectOptions, dial } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { type ConnectError, mayPass } from "./errors.ts";

/** How often to try again; nothing was sent when there is no connection, so that is safe. */
export interface RetryOptions {
  /** How many times, after the first. */
  retries: number;
  /** Before the first retry, in milliseconds; each further delay is twice as long, and each is shortened at random by up to a half. */
  delay: number;
  /** Told before each delay. */
  notify: (error: ConnectError, delay: number) => Promise<void>;
}

const MAX_DELAY = 30_000;

/**
 * Connects, and tries again when there is no connection; the token goes out with the first request.
 *
 * @throws {ConnectError} of the last try
 */
export async function connectWithRetry(
  options: ConnectOptions,
  { retries, delay, notify }: RetryOptions,
): Promise<Connection> {
  for (let tries = 0;; tries++) {
    try {
      return await dial(options);
    } catch (error) {
      if (!mayPass(error) || tries >= retries) throw error;
      const wait = Math.min(delay * 2 ** tries, MAX_DELAY) * (1 - Math.random() / 2);
      await notify(error, wait);
      await pause(wait, options.signal);
    }
  }
}

/** Ends early when it is given up: the next try then finds that. */
function pause(wait: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, wait);
    signal?.addEventListener("abort", end);
  });
}
