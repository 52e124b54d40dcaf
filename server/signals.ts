const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** A signal that follows another within this time, in milliseconds, is its echo: a terminal signals all its processes, and `deno task` and `npx` pass it on again. */
const ECHO = 250;

/** The signals that ask a server to end, in the order in which they come. */
export class Signals implements Disposable {
  #pending = 0;
  #last = -Infinity;
  #wake: (() => void) | undefined;
  readonly #listen = () => {
    const now = performance.now();
    if (now - this.#last < ECHO) return;
    this.#last = now;
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

/**
 * Calls a function at each SIGHUP, which does not kill the process from here on. Windows sends it when the console is closed: there nothing is called.
 *
 * @returns stops listening when it is disposed of
 */
export function onHangup(call: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  Deno.addSignalListener("SIGHUP", call);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", call) };
}
