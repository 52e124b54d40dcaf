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

/** How many requests are answered together, at most. */
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
   * @param readRequest reads those that are not canonical
   * @param budget the bytes that all unfinished requests of the server may take
   */
  constructor(limits: FrameLimits, readRequest: RequestReader, budget: Budget) {
    this.#framer = new Framer(limits);
    this.#readRequest = readRequest;
    this.#budget = budget;
  }

  /** Whether a request has begun and is not complete yet. */
  get partial(): boolean {
    return this.#framer.partial;
  }

  /** How many batches there were since the last {@linkcode push}. */
  get batches(): number {
    return this.#batches;
  }

  /** Why nothing more can be read, with a masked sample of it; absent as long as all can be read. */
  get failure(): { reason: string; sample: string } | undefined {
    return this.#failure;
  }

  /**
   * Takes more bytes; call it only after {@linkcode next} has returned no requests.
   *
   * @param bytes may be reused when it does so again
   * @param length how many of them count
   */
  push(bytes: Uint8Array, length: number): void {
    this.#framer.push(bytes, length);
    this.#batches = 0;
  }

  /**
   * The next complete requests, 512 at most. A listing is the last of its batch, so that a client that asks for many holds one at a time. What cannot be read
   * becomes a {@linkcode failure} once the requests before it have been returned.
   *
   * @param atEnd whether no more bytes will come
   */
  next(atEnd: boolean): (Request | Refusal)[] {
    let request = this.#nextRequest(atEnd);
    // an empty array makes room for 17 at its first element, which is mostly the only one
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
