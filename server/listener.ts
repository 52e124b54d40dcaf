import { isDisconnect } from "./socket.ts";

/** How long to wait after an accept that failed, in milliseconds: what it failed for is seldom over at once. */
const ACCEPT_WAIT = 50;

/**
 * How many clients are accepted between two rests of the event loop, a tenth of a second's work. The loop does not turn while clients wait to be accepted:
 * without a rest, requests would wait until all are in, and clients that have gone again would keep their places. With a lower number, clients that were
 * accepted first are served again before the last is served at all: with 256, the last of 2,000 that come at once waited 1.2 times as long.
 */
const RUN = 2048;

/** Takes a client; the next one is accepted when it is done. */
type Admit = (conn: Deno.Conn) => Promise<void>;

/**
 * Told that a client could not be accepted or taken.
 *
 * @param isRepeated whether the accept before failed for the same reason: worth no further line of a log
 */
type Failed = (error: Error, isRepeated: boolean) => void;

/** Accepts clients in one place until it is closed. */
export class Listener implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #accepting: Promise<void>;
  /** Why the last accept failed; absent when it did not. */
  #reason: string | undefined;
  #closed = false;

  /**
   * Begins to accept.
   *
   * @param listener owned from now on
   * @param admit takes each client
   * @param failed told what `admit` throws, and what accepting throws unless only its client has gone; accepting is tried again
   */
  constructor(listener: Deno.Listener, admit: Admit, failed: Failed) {
    this.#listener = listener;
    this.#accepting = this.#accept(admit, failed);
  }

  /** Accepts no more. */
  async close(): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    await this.#accepting;
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(admit: Admit, failed: Failed): Promise<void> {
    for (let accepted = 1; !this.#closed; accepted++) {
      if (accepted % RUN === 0) await rest();
      const conn = await this.#next(failed);
      if (conn !== undefined) await admit(conn).catch((error) => failed(error, false));
    }
  }

  async #next(failed: Failed): Promise<Deno.Conn | undefined> {
    try {
      const conn = await this.#listener.accept();
      this.#reason = undefined;
      return conn;
    } catch (error) {
      // the end, or a client that was reset before it was accepted: the next one may be waiting
      if (this.#closed || isDisconnect(error)) return undefined;
      const { message } = error as Error, isRepeated = message === this.#reason;
      this.#reason = message;
      failed(error as Error, isRepeated);
      await new Promise((resolve) => setTimeout(resolve, ACCEPT_WAIT));
    }
  }
}

/** After the timer, an immediate: it runs after the events that came during the rest, even if the timer is late and runs before them. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
}
