import { FrameError, isRefusedEntrance, readResponse, Status, TAKES_TLS } from "../protocol/mod.ts";
import { Alarm } from "./alarm.ts";
import type { Answer } from "./answer.ts";
import { answerLines, runOf } from "./answer_run.ts";
import {
  AuthenticationError,
  type ClientError,
  ClosedError,
  ConnectError,
  QueueFullError,
  TimeoutError,
} from "./errors.ts";
import { type ExchangeOptions, receiveOne, type Receiver } from "./exchange.ts";
import { asFailure, letGo, lost, notOpened, unasked } from "./failures.ts";
import { type Pending, RequestQueue } from "./request_queue.ts";
import { RunFramer } from "./run_framer.ts";
import { requestText } from "./wire_request.ts";

/** How a connection shows its token. */
export interface Opening {
  /** What the server asks for. */
  token: string;
  /** How long to wait for its answer, as {@linkcode ExchangeOptions.timeout}. */
  timeout: number;
}

/** The longest string of the runtime. */
const MAX_ANSWER_BYTES = 536_870_888;
const MAX_ANSWER_DEPTH = 64;
const NEWLINE = 0x0a;
/** An alarm this late, in milliseconds, shows that the program was held up; it then has as long to read what came meanwhile. */
const LATE = 100;
const SMALLEST_BUFFER = 4096, LARGEST_BUFFER = 262_144;
/** The first byte of a TLS alert: what a server that takes TLS only says to a client that speaks none. */
const TLS_ALERT = 0x15;
const encoder = new TextEncoder();

/**
 * Requests out, answers in, in the order of the requests. The first request goes alone: if it is answered with a Python literal, the server is the original one,
 * which takes one request at a time; any other server is sent all requests at once. The original one knows no token, so if there is one to show, all requests go
 * at once, the token first.
 */
export class Connection implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #framer = new RunFramer({
    maxBytes: MAX_ANSWER_BYTES,
    maxDepth: MAX_ANSWER_DEPTH,
    pythonStrings: true,
    subject: "Answer",
    kinds: answerLines,
    close: NEWLINE,
  });
  readonly #queue = new RequestQueue();
  /** For the oldest request, whose time is over first. */
  readonly #alarm = new Alarm(() => this.#expire());
  /** The request that shows the token, and its answer. */
  readonly #opening: { pending: Pending; answer: Promise<Answer> } | undefined;
  #writing = false;
  /** Why the connection ended, a {@linkcode ClientError} unless it is a fault of this program; absent while it is open. */
  #ended: unknown;

  /**
   * @param conn the socket, owned from now on
   * @param opening the token to show with the first request
   */
  constructor(conn: Deno.Conn, opening?: Opening) {
    this.#conn = conn;
    if (opening !== undefined) {
      const request = requestText({ op: "autenticar", data: opening.token });
      const { promise: answer, ...receiver } = receiveOne();
      const pending = this.#queue.add(request, 1, opening.timeout, receiver);
      answer.catch(() => {}); // whoever waits for an answer is told why the connection ended
      this.#opening = { pending, answer };
      this.#queue.pipelined = true;
    }
    this.#readAll();
  }

  /** Whether requests are sent before earlier ones are answered. */
  get pipelined(): boolean {
    return this.#queue.pipelined;
  }

  /** Whether the connection has ended: every further exchange is rejected. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Sends one request and waits for its answer; may be called again before it has come.
   *
   * @param request one JSON text
   * @throws {QueueFullError} when too many have no answer yet
   * @throws {ClientError} when no answer came
   */
  exchange(request: string, { timeout, signal }: ExchangeOptions): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#queue.isFull) {
      return Promise.reject(new QueueFullError(`Cannot send: ${this.#queue.size} requests have no answer yet`));
    }
    const { promise, ...receiver } = receiveOne();
    const pending = this.#queue.add(request, 1, timeout, receiver);
    this.#write();
    return signal === undefined ? promise : this.#abortable(promise, pending, signal);
  }

  /**
   * Sends requests together, without a promise for each. How many are under way is for the caller to bound.
   *
   * @param requests JSON texts, one after the other
   * @param count how many there are; 1 unless the connection is {@linkcode pipelined}
   * @param timeout for each answer, as {@linkcode ExchangeOptions.timeout}
   * @param receiver gets each answer once, in order, or the failure that takes the place of all that are left
   */
  exchangeAll(requests: string, count: number, timeout: number, receiver: Receiver): void {
    if (this.#ended !== undefined) return receiver.failure(this.#ended);
    this.#queue.add(requests, count, timeout, receiver);
    this.#write();
  }

  /**
   * Shows the token, if there is one and it was not sent yet, and waits for the answer.
   *
   * @param signal gives up waiting
   * @throws {AuthenticationError} when it is refused
   * @throws {ClientError} when no answer came
   */
  async authenticated(signal?: AbortSignal): Promise<void> {
    if (this.#opening === undefined) return;
    signal?.throwIfAborted();
    const { pending, answer } = this.#opening;
    this.#write();
    await (signal === undefined ? answer : this.#abortable(answer, pending, signal));
  }

  /** Closes the connection; what is still waiting is rejected. */
  close(): void {
    this.#end(new ClosedError("Connection was closed by this program"));
  }

  /** The same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #abortable(promise: Promise<Answer>, pending: Pending, signal: AbortSignal): Promise<Answer> {
    const abort = () => {
      this.#queue.withdraw(pending);
      pending.receiver.failure(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      await Promise.resolve(); // so that requests made together leave in one write
      for (let batch = this.#nextBatch(); batch !== ""; batch = this.#nextBatch()) {
        const bytes = encoder.encode(batch);
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch (cause) {
      // the server may have said why before it stopped reading: #readAll finds that, and the end
      if (!isDisconnect(cause)) this.#end(new ClosedError(`Cannot send: ${(cause as Error).message}`, { cause }));
    } finally {
      this.#writing = false;
    }
  }

  #nextBatch(): string {
    const batch = this.#queue.takeUnsent();
    this.#watch();
    return batch;
  }

  async #readAll(): Promise<void> {
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer).catch((cause) => Promise.reject(lost(cause)));
        if (length === null) throw this.#endOfStream();
        this.#framer.push(buffer.subarray(0, length));
        await this.#takeAnswers();
        if (length === buffer.length && length < LARGEST_BUFFER) buffer = new Uint8Array(4 * length);
      }
    } catch (error) {
      const saysTls = error instanceof FrameError && this.#framer.held[0] === TLS_ALERT;
      this.#end(
        saysTls ? new ConnectError("takes-tls", TAKES_TLS, { cause: error }) : asFailure(error),
      );
    }
  }

  #endOfStream(): ClientError {
    return this.#framer.partial
      ? new ClosedError("Server closed the connection in the middle of an answer")
      : new ClosedError("Server closed the connection before the answer");
  }

  /** Takes all complete answers: plain ones together, if their receiver takes runs, and others one by one. */
  async #takeAnswers(): Promise<void> {
    for (;;) {
      const pending = this.#queue.oldest;
      const run = this.#framer.next(pending?.receiver.run === undefined ? 0 : pending.left);
      if (run === undefined) return;
      const { kind, count, text } = run;
      if (kind !== undefined && pending?.receiver.run !== undefined) {
        this.#answered(count, true);
        pending.receiver.run(runOf(kind, count, text));
      } else {
        await this.#takeAnswer(kind === undefined ? text : text.slice(0, -1));
      }
    }
  }

  async #takeAnswer(text: string): Promise<void> {
    const answer = { ...await readResponse(text), text };
    const pending = this.#queue.oldest;
    if (answer.status === Status.Closed) {
      if (answer.data === TAKES_TLS) throw new ConnectError("takes-tls", TAKES_TLS);
      if (isRefusedEntrance(answer.data)) throw new AuthenticationError(answer.data);
      // in bulk it is the answer of no request in particular
      if (pending?.receiver.run !== undefined) throw letGo(answer);
    }
    if (pending === undefined) throw unasked(answer);
    if (pending === this.#opening?.pending && answer.status !== Status.Ok) throw notOpened(answer);
    this.#answered(1, text.startsWith('{"'));
    pending.receiver.answer(answer);
    if (answer.status === Status.Closed) throw letGo(answer); // those behind it were not carried out
  }

  #answered(count: number, pipelined: boolean): void {
    this.#queue.answered(count);
    this.#queue.pipelined = pipelined;
    this.#watch();
    if (this.#queue.hasUnsent) this.#write();
  }

  #watch(): void {
    const { oldest } = this.#queue;
    if (oldest !== undefined) this.#alarm.set(oldest.deadline);
  }

  #expire(): void {
    const { oldest } = this.#queue, now = performance.now();
    // the alarm is late when the program was stopped, as by Ctrl-Z: what came meanwhile must still be read
    if (oldest !== undefined && now - oldest.deadline > LATE) oldest.deadline = now + LATE;
    if (oldest === undefined || oldest.deadline > now) return this.#watch();
    // answers have no ids: if one is missing, it is not known to which requests the later ones belong
    const what = this.#framer.partial ? "Only a part of the answer" : "No answer";
    this.#end(new TimeoutError(`${what} came in ${oldest.timeout / 1000} s`));
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#conn.close();
    this.#alarm.stop(); // otherwise the program would go on until it rings
    this.#queue.fail(error);
  }
}

function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted;
}
