import {
  FrameError,
  type FrameLimits,
  Framer,
  nextCanonical,
  type Refusal,
  type Request,
  type RequestReader,
} from "../protocol/mod.ts";
import type { Budget } from "./budget.ts";
import { maskedSample } from "./log/mod.ts";

/** How many requests are answered together at most. */
const BATCH_SIZE = 512;

/** The requests of one client: bytes in, batches of requests out. Disposing of it gives back its part of the budget. */
export class Intake implements Disposable {
  readonly #framer: Framer;
  readonly #readRequest: RequestReader;
  readonly #budget: Budget;
  /** Its part of the budget, in bytes. */
  #held = 0;
  #batches = 0;
  #failure: { reason: string; sample: string } | undefined;

  /**
   * @param limits of a request
   * @param readRequest reads each
   * @param budget for what all clients of a server have begun and not finished
   */
  constructor(limits: FrameLimits, readRequest: RequestReader, budget: Budget) {
    this.#framer = new Framer(limits);
    this.#readRequest = readRequest;
    this.#budget = budget;
  }

  /** Whether a request has begun and is not whole yet. */
  get partial(): boolean {
    return this.#framer.partial;
  }

  /** How many batches there were since the last {@linkcode push}. */
  get batches(): number {
    return this.#batches;
  }

  /** Why nothing more can be read, and what of, masked; absent as long as that is not so. */
  get failure(): { reason: string; sample: string } | undefined {
    return this.#failure;
  }

  /**
   * Takes more bytes; call it only once {@linkcode next} has returned no requests.
   *
   * @param bytes may be used again when it does so the next time
   * @param length how many of them
   */
  push(bytes: Uint8Array, length: number): void {
    this.#framer.push(bytes, length);
    this.#batches = 0;
  }

  /**
   * The next whole requests, 512 at most. A listing is the last of its batch, so that a client that asks for many holds one at a time. What cannot be read
   * is a {@linkcode failure} once those before it have been returned.
   *
   * @param atEnd whether no more bytes will come
   */
  next(atEnd: boolean): (Request | Refusal)[] {
    let request = this.#nextRequest(atEnd);
    // an array that begins empty gets room for 17 with its first element, which is most often the only one
    const requests = request === undefined ? [] : [request];
    while (request !== undefined && request.op !== "mostrar" && requests.length < BATCH_SIZE) {
      request = this.#nextRequest(atEnd);
      if (request !== undefined) requests.push(request);
    }
    if (requests.length > 0) this.#batches++;
    if (this.#framer.room !== this.#held) this.#account();
    return requests;
  }

  /** Gives back its part of the budget, and forgets what is held. */
  [Symbol.dispose](): void {
    this.#framer.forget();
    this.#account();
  }

  #account(): void {
    const has = this.#held;
    this.#held = this.#framer.room;
    if (this.#budget.exchange(has, this.#held)) return;
    this.#held = 0;
    this.#framer.forget();
    this.#failure ??= { reason: "Server holds too many unfinished requests", sample: "" };
  }

  #nextRequest(atEnd: boolean): Request | Refusal | undefined {
    if (this.#failure !== undefined || !this.#framer.partial) return undefined;
    return nextCanonical(this.#framer) ?? this.#nextOfAnyForm(atEnd);
  }

  #nextOfAnyForm(atEnd: boolean): Request | Refusal | undefined {
    let text: string | undefined;
    try {
      text = this.#framer.next() ?? (atEnd ? this.#framer.end() : undefined);
      return text === undefined ? undefined : this.#readRequest(text);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#failure = { reason: error.message, sample: maskedSample(text ?? this.#framer.held) };
    }
  }
}
