import type { Receiver } from "./exchange.ts";

/** How many requests may be without an answer, and how many characters they may have: a queue that has as many takes no more. */
export const MOST_REQUESTS = 262_144, MOST_CHARACTERS = 134_217_728;

/** Requests that were made together, until their answers have come. */
export interface Pending {
  /** Their texts, one after the other. */
  readonly requests: string;
  /** How many answers are still to come. */
  left: number;
  /** How long to wait for each answer, in milliseconds; 0 is for ever. */
  readonly timeout: number;
  /** When the time for the next one is over, by `performance.now`; `Infinity` until they are sent. */
  deadline: number;
  /** What takes the answers. */
  readonly receiver: Receiver;
}

/** The requests of one connection, in the order in which they were made: those that are still to be sent, and those whose answers are still to come. */
export class RequestQueue {
  /** A set keeps the order of insertion. */
  readonly #waiting = new Set<Pending>();
  /** Those that were sent, the oldest last: to find the first in a set takes the longer, the more were taken from before it. */
  #sent: Pending[] = [];
  /** Those that were sent after all of these, the oldest first. */
  #sentLater: Pending[] = [];
  #requests = 0;
  #characters = 0;
  /** Whether requests may be sent before earlier ones are answered. */
  pipelined = false;

  /** How many requests have no answer yet. */
  get size(): number {
    return this.#requests;
  }

  /** Whether so many have no answer yet that no more may be added. */
  get isFull(): boolean {
    return this.#requests >= MOST_REQUESTS || this.#characters >= MOST_CHARACTERS;
  }

  /** The first that were sent and are not answered yet; the next answer is theirs. */
  get oldest(): Pending | undefined {
    return this.#sent.at(-1);
  }

  /** Whether some are still to be sent. */
  get hasUnsent(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Adds requests at the end.
   *
   * @param requests JSON texts, one after the other
   * @param left how many there are
   * @param timeout for each answer, in milliseconds; 0 is for ever
   * @param receiver takes their answers
   */
  add(requests: string, left: number, timeout: number, receiver: Receiver): Pending {
    const pending = { requests, left, timeout, deadline: Infinity, receiver };
    this.#waiting.add(pending);
    this.#requests += left;
    this.#characters += requests.length;
    return pending;
  }

  /** Takes back requests that are not sent yet. Sent ones stay, because their answers are still to come. */
  withdraw(pending: Pending): void {
    if (!this.#waiting.delete(pending)) return;
    this.#requests -= pending.left;
    this.#characters -= pending.requests.length;
  }

  /** Takes the texts of all that may be sent now, and counts them as sent; an empty string when there are none. */
  takeUnsent(): string {
    let batch = "";
    for (const pending of this.#waiting) {
      if (!this.pipelined && this.oldest !== undefined) break;
      this.#waiting.delete(pending);
      this.#sentLater.push(pending);
      this.#turn();
      pending.deadline = deadlineAfter(pending.timeout);
      batch += pending.requests;
    }
    return batch;
  }

  /**
   * Call it when the {@linkcode oldest} have been answered.
   *
   * @param count how many
   */
  answered(count: number): void {
    const oldest = this.oldest!;
    oldest.left -= count;
    this.#requests -= count;
    if (oldest.left === 0) {
      this.#sent.pop();
      this.#turn();
      this.#characters -= oldest.requests.length;
    }
    // a server that goes on answering is not late
    const next = this.oldest;
    if (next !== undefined) next.deadline = Math.max(next.deadline, deadlineAfter(next.timeout));
  }

  /** Tells all that no answer will come, and forgets them. */
  fail(error: unknown): void {
    const all = [...this.#sent.toReversed(), ...this.#sentLater, ...this.#waiting];
    for (const { receiver } of all) receiver.failure(error);
    this.#sent = [];
    this.#sentLater = [];
    this.#waiting.clear();
    this.#requests = this.#characters = 0;
  }

  /** Once the oldest are all answered, those that were sent later are the oldest. */
  #turn(): void {
    if (this.#sent.length > 0) return;
    this.#sent = this.#sentLater.reverse();
    this.#sentLater = [];
  }
}

/** When a time is over that begins now, by `performance.now`. */
function deadlineAfter(timeout: number): number {
  return timeout === 0 ? Infinity : performance.now() + timeout;
}
