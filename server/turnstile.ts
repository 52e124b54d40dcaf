/** How many connections may be busy at once before they take turns: Tokio lets a task do 128 socket operations a poll, and an answer takes two. */
const BUSY = 100;

/** A connection counts once more for every this many bytes of one read; or as often as it was answered in batches, if that is more. */
const BATCH = 16_384;

/** Tokio never puts off any of so few connections, however much each sends. */
const FEW = 20;

/**
 * How long a connection counts as busy after an answer, in milliseconds. Each further {@linkcode BATCH} makes that longer, by the time that it may take to carry
 * out, up to a bound: otherwise too few of many connections that send a lot would be seen as busy.
 */
const WINDOW = 50, MORE = 5, LONGEST_WINDOW = 3000;

/** How many connections are let through in one turn of the event loop: with a read and a write each they stay below Tokio's 128 operations. */
const SLICE = 60;

/**
 * If no more than {@linkcode SLICE} has come in this many turns of the event loop, nothing is put off any more: Tokio asks the system for new events, and
 * wakes what it had put off, at every 61st turn of a loop that does not rest.
 */
const QUIET_TURNS = 64;

/**
 * After a round of more connections than the first number, that takes {@linkcode QUIET_TURNS} times the second: by then the connections that were let through
 * are asking again, and more of them are served in fewer turns. Without this, 2,000 busy connections are answered 0.94 as often.
 */
const LARGE = 2 * SLICE, LARGE_FACTOR = 4;

/** A connection that takes turns. */
export interface Turn {
  /** The last window in which it was busy; only for the turnstile. */
  window: number;
}

/** A connection that waits. */
interface Waiting {
  /** How many connections it counts as. */
  weight: number;
  letThrough: () => void;
}

/**
 * Makes connections take turns when many are busy. Tokio puts off operations beyond its budget until after new ones, so that connections just served, which ask
 * again, go before those that were put off, for seconds. Here a connection that has been answered is not read again before all that were waiting have been.
 * Served in such rounds, 2,000 busy connections wait no longer than on Redis, and more requests a second are answered than without, because no operation is put
 * off and tried again. While few are busy it lets everything through at once, including those that still wait.
 */
export class Turnstile {
  readonly #now: () => number;
  #open = 0;
  #window = 0;
  #windowBegin = 0;
  #windowEnd = 0;
  #busyBefore = 0;
  #busy = 0;
  /** The connections that have been answered in this round, in order. */
  #waiting: Waiting[] = [];
  /** The connections of the round before, which are being let through. */
  #released: Waiting[] = [];
  #next = 0;
  /** How many these were when the round began. */
  #roundSize = 0;
  /** How much has come in this turn of the event loop. */
  #arrivals = 0;
  /** For how many turns nothing has come. */
  #quietTurns = 0;
  /** How many turns have passed since so much came that some may have been put off, and how much has come since. */
  #turnsOfFew = 0;
  #stragglers = 0;
  /** How often something was read in this round. */
  #reads = 0;
  /** Whether the round is over, though something may still come. */
  #isOver = false;
  #turning = false;

  /** @param now the clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A connection was accepted. */
  opened(): void {
    this.#open++;
    this.#arrivals++;
  }

  /** A connection was closed. */
  closed(): void {
    this.#open--;
  }

  /** Something was read. The round goes on, unless it has had more reads than there are open connections, because new ones may come without end. */
  arrived(): void {
    this.#arrivals++;
    if (++this.#reads > this.#open) this.#isOver = true;
  }

  /**
   * Call it before a connection that has been answered is read again.
   *
   * @param turn the connection
   * @param bytes how many its last read had
   * @param batches in how many batches these were answered
   * @returns what to wait for, or `undefined` when there is nothing to wait for
   */
  pass(turn: Turn, bytes: number, batches: number): Promise<void> | undefined {
    const weight = Math.max(1 + Math.floor(bytes / BATCH), batches);
    // those that wait are let through soon then: after as many reads as there are connections, and these are few
    if (this.#open * weight <= BUSY) return undefined;
    if (!this.#isCrowded(turn, weight)) {
      // otherwise connections that are not made to wait could keep those that are waiting for ever
      this.#isOver = true;
      return undefined;
    }
    const { promise, resolve: letThrough } = Promise.withResolvers<void>();
    this.#waiting.push({ weight, letThrough });
    this.#turn();
    return promise;
  }

  #isCrowded(turn: Turn, weight: number): boolean {
    const now = this.#now();
    if (now >= this.#windowEnd) {
      // those that were busy in the window just before still count
      this.#busyBefore = now < 2 * this.#windowEnd - this.#windowBegin ? this.#busy : 0;
      this.#busy = 0;
      this.#window++;
      this.#windowBegin = now;
      this.#windowEnd = now + WINDOW;
    }
    this.#windowEnd = Math.min(this.#windowEnd + MORE * (weight - 1), this.#windowBegin + LONGEST_WINDOW);
    if (turn.window !== this.#window) {
      turn.window = this.#window;
      this.#busy += weight;
    }
    return Math.max(this.#busy, this.#busyBefore) > BUSY;
  }

  /** Has {@linkcode #step} called in the next turn of the event loop. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => this.#step());
  }

  #step(): void {
    this.#turning = false;
    if (this.#next < this.#released.length) this.#release();
    else if (this.#isOver || this.#isQuiet()) this.#beginRound();
    this.#arrivals = 0;
    if (this.#waiting.length > 0 || this.#next < this.#released.length) this.#turn();
  }

  /**
   * Whether nothing is put off any more. After a round of few it is enough that few have come in this turn: otherwise one client that never rests, among
   * thousands that ask now and then, would wait until as many of these have asked as are open (with 3,000 that ask 10,000 times a second, three that do not
   * rest get thirty times as many answers). After larger rounds it takes some turns to be sure.
   */
  #isQuiet(): boolean {
    const came = this.#arrivals;
    if (this.#roundSize <= FEW && came > 0 && came <= FEW) return true;
    this.#quietTurns = came > 0 ? 0 : this.#quietTurns + 1;
    this.#turnsOfFew++;
    this.#stragglers += came;
    if (this.#stragglers > SLICE) this.#turnsOfFew = this.#stragglers = 0;
    const turns = this.#roundSize > LARGE ? LARGE_FACTOR * QUIET_TURNS : QUIET_TURNS;
    return this.#quietTurns >= QUIET_TURNS || this.#turnsOfFew >= turns;
  }

  #beginRound(): void {
    this.#released = this.#waiting;
    this.#roundSize = this.#released.length;
    this.#waiting = [];
    this.#next = this.#reads = 0;
    this.#isOver = false;
    this.#release();
  }

  #release(): void {
    for (let weight = 0; weight < SLICE && this.#next < this.#released.length;) {
      const { weight: more, letThrough } = this.#released[this.#next++];
      weight += more;
      letThrough();
    }
    // otherwise each idle client would take some 0.6 KB more until the next round
    if (this.#next === this.#released.length) this.#released = [];
    this.#quietTurns = this.#turnsOfFew = this.#stragglers = 0;
  }
}
