const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** The signals that ask a server to end, in the order in which they come. */
export class Signals implements Disposable {
  #pending = 0;
  #wake: (() => void) | undefined;
  readonly #listen = () => {
    this.#pending++;
    this.#wake?.();
  };

  /** Begins to listen: from here on these signals do not kill the process. */
  constructor() {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#listen);
  }

  /** Waits for the next one; those that came before are counted. */
  async next(): Promise<void> {
    while (this.#pending === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    this.#pending--;
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#listen);
  }
}
