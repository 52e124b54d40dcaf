import type { Answer } from "./answer.ts";
import type { AnswerRun } from "./answer_run.ts";
import type { Batch } from "./bulk_input.ts";
import type { Receiver } from "./exchange.ts";
import type { ClientError } from "./errors.ts";

/**
 * How many requests may be under way at once, and how many characters they, or their answers, may have if each answer is as long as the longest so far: enough to
 * keep the server busy, and a bound for the memory when nobody takes the answers.
 */
const MAX_REQUESTS = 4096, MAX_CHARACTERS = 8_388_608;

/** What has become of some requests in a row. */
export type Outcome =
  & ({ kind: "run"; run: AnswerRun } | { kind: "answer"; answer: Answer } | { kind: "failure"; error: ClientError })
  & {
    /** How many requests it is for. */
    count: number;
    /** The ids that they name, as {@linkcode Batch} has them. */
    ids: Batch["ids"];
    /** The size of the requests that it is the last of. */
    characters: number;
  };

/** The requests that were sent, until their outcomes are dealt with: a bounded queue with one producer and one consumer. */
export class UnderWay {
  #requests = 0;
  #characters = 0;
  /** The length of the longest answer so far; until one has come there is room for one request. */
  #longestAnswer: number | undefined;
  #outcomes: Outcome[] = [];
  /** Whether nothing more will be put. */
  closed = false;
  #changed = Promise.withResolvers<void>();

  /** Waits until there is room, and says for how many; 0 once it is closed. */
  async room(): Promise<number> {
    for (;;) {
      if (this.closed) return 0;
      const most = Math.min(MAX_REQUESTS, Math.ceil(MAX_CHARACTERS / (this.#longestAnswer ?? MAX_CHARACTERS)));
      if (this.#requests < most && this.#characters < MAX_CHARACTERS) return most - this.#requests;
      await this.#changed.promise;
    }
  }

  /**
   * Counts requests as under way.
   *
   * @returns what takes their answers
   */
  put({ text: { length }, count, ids }: Batch): Receiver {
    this.#requests += count;
    this.#characters += length;
    let left = count;
    const nextOf = (many: number) => {
      const at = count - left;
      left -= many;
      return { count: many, ids: ids.slice(at, at + many), characters: left === 0 ? length : 0 };
    };
    return {
      answer: (answer) => this.#come({ kind: "answer", answer, ...nextOf(1) }, answer.text.length),
      run: (run) => this.#come({ kind: "run", run, ...nextOf(run.count) }, run.text.length / run.count),
      failure: (error) => {
        this.closed = true; // what else the input has would not be sent
        this.#come({ kind: "failure", error: error as ClientError, ...nextOf(left) });
      },
    };
  }

  /** Waits for the next outcome, in order; `undefined` when there will be no more. */
  async next(): Promise<Outcome | undefined> {
    while (this.#outcomes.length === 0 && !(this.closed && this.#requests === 0)) await this.#changed.promise;
    return this.#outcomes.shift();
  }

  /** Call it when an outcome from {@linkcode next} is dealt with: there is room for as many more. */
  done({ count, characters }: Outcome): void {
    this.#requests -= count;
    this.#characters -= characters;
    this.#change();
  }

  /** Nothing more will be put. */
  close(): void {
    this.closed = true;
    this.#change();
  }

  #come(outcome: Outcome, length = 0): void {
    this.#longestAnswer = Math.max(this.#longestAnswer ?? 0, length);
    this.#outcomes.push(outcome);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
