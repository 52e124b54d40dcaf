import { isDisconnect } from "./socket.ts";

/** How long to wait after an accept that failed, in milliseconds: what it failed for is seldom over at once. */
const ACCEPT_WAIT = 50;

/**
 * How many clients are accepted between two rests of the event loop, a tenth of a second's work. As long as some wait to be accepted the loop does not turn:
 * whoever has a request, and those that have gone again and hold a place, would wait until all are in. With fewer, those who were accepted first are served
 * again before the last is: of 2,000 that come at once the last waited 1.2 times as long with 256.
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

/** The immediate comes behind what has come in a rest, also when that was so long that the timer is late, and called first. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
}
