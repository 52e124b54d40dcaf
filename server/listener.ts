/** How long to wait before the next accept when the system has no descriptor or memory for it, in milliseconds. */
const ACCEPT_WAIT = 50;

/**
 * How many clients are accepted between two rests of the event loop, a tenth of a second's work. As long as some wait to be accepted the loop does not turn:
 * whoever has a request, and those that have gone again and hold a place, would wait until all are in. With fewer, those who were accepted first are served
 * again before the last is: of 2,000 that come at once the last waited 1.2 times as long with 256.
 */
const RUN = 2048;

/** Takes a client; the next one is accepted when it is done. */
type Admit = (conn: Deno.Conn) => Promise<void>;

/** Accepts clients in one place until it is closed. */
export class Listener implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #accepting: Promise<void>;
  #closed = false;

  /**
   * Begins to accept.
   *
   * @param listener owned from now on
   * @param admit takes each client
   * @param failed told what `admit` throws, and what accepting throws for want of a file descriptor or of memory; that is tried again
   */
  constructor(listener: Deno.Listener, admit: Admit, failed: (error: Error) => void) {
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

  async #accept(admit: Admit, failed: (error: Error) => void): Promise<void> {
    for (let accepted = 1; !this.#closed; accepted++) {
      if (accepted % RUN === 0) await rest();
      const conn = await this.#next(failed);
      if (conn !== undefined) await admit(conn).catch(failed);
    }
  }

  async #next(failed: (error: Error) => void): Promise<Deno.Conn | undefined> {
    try {
      return await this.#listener.accept();
    } catch (error) {
      // the end, or a client that was reset before it was accepted: the next one is waiting
      if (this.#closed || !isOutOfResources(error)) return undefined;
      failed(error as Error);
      await new Promise((resolve) => setTimeout(resolve, ACCEPT_WAIT));
    }
  }
}

/** The immediate comes behind what has come in a rest, also when that was so long that the timer is late, and called first. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
}

function isOutOfResources(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(code);
}
