import type { Client } from "./client.ts";
import type { Answer } from "./connection.ts";
import { ClientError } from "./errors.ts";

/**
 * How many requests, and characters of them and of answers as long as the longest so far, are under way at once: enough to keep the server busy, and
 * a bound for the memory when nobody takes the answers.
 */
const MAX_REQUESTS = 4096, MAX_CHARACTERS = 8_388_608;

interface UnderWay {
  size: number;
  answer: Promise<Answer>;
}

/**
 * Sends requests as they come, without waiting for the answers, and hands those over in order as they come. After the first failure no more are
 * sent; for those that were under way it is handed over in place of the answer.
 *
 * @param client who sends
 * @param requests JSON texts
 * @param report takes each answer, or the failure in its place, in the order of the requests
 * @throws what reading the requests throws, once those before are answered
 */
export async function sendAll(
  client: Client,
  requests: AsyncIterable<string>,
  report: (answer: Answer | ClientError) => Promise<void> | void,
): Promise<void> {
  const queue = new Queue();
  const reading = readInto(queue, client, requests);
  reading.catch(() => {}); // it is looked at when all that was sent is answered
  let failed = false;
  for (let next = await queue.take(); next !== undefined; next = await queue.take()) {
    const answer = await next.answer.catch(asClientError);
    await report(answer);
    if (answer instanceof ClientError) {
      failed = true;
      queue.close(); // the input may have nothing to give for a long time
    }
  }
  if (!failed) await reading;
}

async function readInto(queue: Queue, client: Client, requests: AsyncIterable<string>): Promise<void> {
  try {
    for await (const request of requests) {
      await queue.room();
      if (queue.closed) return;
      const answer = client.request(request);
      // a failure is looked at when its turn comes
      answer.then(({ text }) => queue.answered(text.length), () => {});
      queue.put({ size: request.length, answer });
    }
  } finally {
    queue.close();
  }
}

function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  throw error;
}

/** What is under way, in order: bounded, with one who puts and one who takes. */
class Queue {
  readonly #items = new Set<UnderWay>();
  #characters = 0;
  /** Of the answers so far; until one has come there is room for one request. */
  #longestAnswer: number | undefined;
  /** Whether nothing more will be put. */
  closed = false;
  #changed = Promise.withResolvers<void>();

  /** Waits until there is room for one more. */
  async room(): Promise<void> {
    while (!this.closed && (this.#items.size >= this.#mostRequests() || this.#characters >= MAX_CHARACTERS)) {
      await this.#changed.promise;
    }
  }

  /** An answer of that length has come. */
  answered(length: number): void {
    if (length > (this.#longestAnswer ?? 0)) this.#longestAnswer = length;
    if (this.#items.size < this.#mostRequests()) this.#change();
  }

  #mostRequests(): number {
    return Math.min(MAX_REQUESTS, Math.ceil(MAX_CHARACTERS / (this.#longestAnswer ?? MAX_CHARACTERS)));
  }

  put(item: UnderWay): void {
    this.#items.add(item);
    this.#characters += item.size;
    this.#change();
  }

  /** Waits for the first one; `undefined` when there will be none. */
  async take(): Promise<UnderWay | undefined> {
    while (this.#items.size === 0 && !this.closed) await this.#changed.promise;
    const [first] = this.#items;
    if (first === undefined) return undefined;
    this.#items.delete(first);
    this.#characters -= first.size;
    this.#change();
    return first;
  }

  close(): void {
    this.closed = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
