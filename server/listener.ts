/** How long to wait before the next accept when the process has no descriptor left, in milliseconds. */
const DESCRIPTOR_WAIT = 50;

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
   * @param noDescriptor told when a client cannot be accepted for want of a file descriptor; it is tried again
   */
  constructor(listener: Deno.Listener, admit: (conn: Deno.Conn) => void, noDescriptor: () => void) {
    this.#listener = listener;
    this.#accepting = this.#accept(admit, noDescriptor);
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

  async #accept(admit: (conn: Deno.Conn) => void, noDescriptor: () => void): Promise<void> {
    while (!this.#closed) {
      try {
        admit(await this.#listener.accept());
      } catch (error) {
        // the end, or a client that was reset before it was accepted: the next one is waiting
        if (this.#closed || !isOutOfDescriptors(error)) continue;
        noDescriptor();
        await new Promise((resolve) => setTimeout(resolve, DESCRIPTOR_WAIT));
      }
    }
  }
}

function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "EMFILE" || code === "ENFILE";
}
