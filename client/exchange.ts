import type { Answer } from "./answer.ts";
import type { AnswerRun } from "./answer_run.ts";

/** Options of one exchange. */
export interface ExchangeOptions {
  /** How long to wait for the answer once the request is sent and those before it are answered, in milliseconds; 0 is for ever. */
  timeout: number;
  /** Gives up waiting; it is then not known whether the request is carried out, unless it was not sent yet. */
  signal?: AbortSignal;
}

/** Takes the answers to requests that were sent together. */
export interface Receiver {
  /** The next answer. */
  answer(answer: Answer): void;
  /** The next answers, if they are plain; without this method they come one by one. */
  run?(run: AnswerRun): void;
  /** No more answers will come, and this is why. */
  failure(error: unknown): void;
}

/** A receiver for the answer to one request, and a promise of that answer. */
export function receiveOne(): Receiver & { promise: Promise<Answer> } {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  return { promise, answer: resolve, failure: reject };
}
