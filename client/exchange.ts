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

/** Requests that were made together, until their answers have come. */
export interface Pending {
  /** Their texts, one behind the other. */
  requests: string;
  /** How many answers are still to come. */
  left: number;
  /** How long to wait for each answer, in milliseconds; 0 is for ever. */
  timeout: number;
  /** When the time for the next one is over, by `performance.now`. */
  deadline: number;
  /** What takes them. */
  receiver: Receiver;
}

/** What receives the answer of one request, and a promise of it. */
export function receiveOne(): Receiver & { promise: Promise<Answer> } {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  return { promise, answer: resolve, failure: reject };
}

/**
 * When a time is over that begins now, by `performance.now`.
 *
 * @param timeout in milliseconds; 0 is for ever
 */
export function deadlineAfter(timeout: number): number {
  return timeout === 0 ? Infinity : performance.now() + timeout;
}
