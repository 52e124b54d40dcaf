/** Something that must make progress in time. */
export interface Timed {
  /** When it expires, by {@linkcode Deadlines.now}; `Infinity` for never. */
  deadline: number;
  /** Called once the deadline has passed, again and again until it is moved. */
  expire(): void;
}

/**
 * Watches many deadlines with one timer, so that moving a deadline, which happens at every read and write, is only an assignment. The clock
 * is coarse, and counts at most two ticks between one check and the next: time in which the server itself was held up is not its clients'.
 * Apart from such times a deadline is never early, and at most three ticks late.
 */
export class Deadlines implements Disposable {
  readonly #watched = new Set<Timed>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #tick: number;
  readonly #time: () => number;
  #now = 0;
  /** When it last checked. */
  #checked: number;

  /**
   * @param shortest the shortest time that will be watched, in milliseconds; a quarter of it is the tick, from 10 ms to 1 s
   * @param time a clock in milliseconds, for tests
   */
  constructor(shortest: number, time: () => number = () => performance.now()) {
    this.#tick = Math.min(Math.max(shortest / 4, 10), 1000);
    this.#time = time;
    this.#checked = time();
    this.#timer = setInterval(() => this.#check(), this.#tick);
  }

  /** The time, in milliseconds, at the last tick. */
  get now(): number {
    return this.#now;
  }

  /** The deadline that is at least this many milliseconds away; 0 is never. */
  after(milliseconds: number): number {
    // two of the ticks that the next check will count may have passed already
    return milliseconds === 0 ? Infinity : this.#now + 2 * this.#tick + milliseconds;
  }

  /** Begins to watch. */
  add(timed: Timed): void {
    this.#watched.add(timed);
  }

  /** Ends watching. */
  delete(timed: Timed): void {
    this.#watched.delete(timed);
  }

  /** Stops the timer. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const time = this.#time();
    this.#now += Math.min(time - this.#checked, 2 * this.#tick);
    this.#checked = time;
    for (const timed of this.#watched) if (timed.deadline <= this.#now) timed.expire();
  }
}
