import type { Answer } from "./answer.ts";
import type { AnswerRun } from "./answer_run.ts";

/** What one exchange is told. */
export interface ExchangeOptions {
  /** How long to wait for the answer once the request is sent and those before it are answered, in milliseconds; 0 is for ever. */
  timeout: number;
  /** Gives up waiting; whether the request is carried out is then not known. */
  signal?: AbortSignal;
}

/** Takes what comes of requests that were sent together. */
export interface Receiver {
  /** The next answer. */
  answer(answer: Answer): void;
  /** The next answers, where they are plain; without this they come one by one. */
  run?(run: AnswerRun): void;
  /** No more answers will come, and why. */
  failure(error: unknown): void;
}

/** What receives the answer of one request, and a promise of it. */
export function receiveOne(): Receiver & { promise: Promise<Answer> } {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  return { promise, answer: resolve, failure: reject };
}
