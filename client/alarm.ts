/**
 * Rings when a deadline has passed. It keeps one timer, an `AbortSignal`: the first `setTimeout` of a program costs Deno 2.9 some 5 ms, a third of a
 * one-shot client's time.
 */
export class Alarm {
  readonly #ring: () => void;
  /** When the timer that is running fires. */
  #at = Infinity;

  /** @param ring called once the time is over; it may {@linkcode set} the alarm again */
  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /**
   * Sets it to ring at a deadline. If it was set to an earlier one it rings then: `ring` must check whether the time is over.
   *
   * @param deadline by `performance.now`; `Infinity` is never
   */
  set(deadline: number): void {
    if (deadline >= this.#at) return;
    this.#at = deadline;
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(deadline - performance.now())));
    signal.addEventListener("abort", () => this.#fired(), { once: true });
  }

  #fired(): void {
    this.#at = Infinity;
    this.#ring();
  }
}
