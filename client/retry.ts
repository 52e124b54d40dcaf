import { type ConnectOptions, dial } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { type ConnectError, mayPass } from "./errors.ts";

/** How often to try again; that is safe, because without a connection nothing was sent. */
export interface RetryOptions {
  /** How many times, after the first. */
  retries: number;
  /** Before the first retry, in milliseconds; each further delay is twice as long, and each is shortened at random by up to a half. */
  delay: number;
  /** Called before each delay, in milliseconds. */
  notify: (error: ConnectError, delay: number) => Promise<void>;
}

const MAX_DELAY = 30_000;

/**
 * Connects, and tries again if that fails; the token goes out with the first request.
 *
 * @throws {ConnectError} of the last attempt
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

/** Ends early when the signal is aborted: the next attempt then fails by it. */
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
