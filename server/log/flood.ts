/** How many events of a kind are let through in a window of time; any more are counted. */
const EVENTS_A_WINDOW = 20;

/** The window, in milliseconds. */
const WINDOW = 10_000;

/** Lets events through as they come; if too many of a kind come in a window, the rest become one number at its end. */
export class Flood<Kind> implements Disposable {
  readonly #told: (kind: Kind, more: number, seconds: number) => void;
  readonly #clock: () => number;
  readonly #counts = new Map<Kind, number>();
  #since = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param told called with a kind that had more events than were let through, how many more, and in how many seconds
   * @param clock a time in milliseconds that never jumps
   */
  constructor(told: (kind: Kind, more: number, seconds: number) => void, clock: () => number) {
    this.#told = told;
    this.#clock = clock;
  }

  /**
   * Whether an event is let through; if not, it has been counted.
   *
   * @param kind one of a small number, because each has a count in memory
   */
  admits(kind: Kind): boolean {
    if (this.#clock() - this.#since >= WINDOW) this.#sumUp();
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= EVENTS_A_WINDOW) return true;
    // without a timer the number of a flood that has ended would wait for the next event
    this.#timer ??= setTimeout(() => this.#sumUp(), WINDOW);
    return false;
  }

  /** Reports what has been counted. */
  [Symbol.dispose](): void {
    this.#sumUp();
  }

  #sumUp(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#clock(), counts = [...this.#counts], seconds = Math.ceil((now - this.#since) / 1000);
    this.#counts.clear();
    this.#since = now;
    for (const [kind, count] of counts) {
      if (count > EVENTS_A_WINDOW) this.#told(kind, count - EVENTS_A_WINDOW, seconds);
    }
  }
}
