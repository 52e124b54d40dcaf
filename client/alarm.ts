/**
 * Rings when a deadline has passed. It keeps one timer, an `AbortSignal`: the first `setTimeout` of a program costs Deno 2.9 some 5 ms, a third of a
 * one-shot client's time.
 */
export class Alarm {
  readonly #ring: () => void;
  readonly #fired = () => {
    this.stop();
    this.#ring();
  };
  /** The timer that is running; Deno waits for it before the program ends as long as it is listened to. */
  #timer: AbortSignal | undefined;
  /** When it fires. */
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
    this.stop();
    this.#at = deadline;
    this.#timer = AbortSignal.timeout(Math.max(1, Math.ceil(deadline - performance.now())));
    this.#timer.addEventListener("abort", this.#fired);
  }

  /** Has it ring no more, until it is set again. */
  stop(): void {
    this.#timer?.removeEventListener("abort", this.#fired);
    this.#timer = undefined;
    this.#at = Infinity;
  }
}
