import {
  FrameError,
  Framer,
  isRefusedEntrance,
  readResponse,
  type Response,
  Status,
  TAKES_TLS,
} from "../protocol/mod.ts";
import { AuthenticationError, type ClientError, ClosedError, ConnectError, TimeoutError } from "./errors.ts";
import { asClientError, notOpened, unasked } from "./failures.ts";
import { requestText } from "./wire_request.ts";

/** An answer, and the text that it came as. */
export interface Answer extends Response {
  /** As the server sent it: one JSON object, or a Python dict from the original server; no newline at its end. */
  text: string;
}

/** What one exchange is told. */
export interface ExchangeOptions {
  /** How long to wait for the answer once the request is sent and those before it are answered, in milliseconds; 0 is for ever. */
  timeout: number;
  /** Gives up waiting; whether the request is carried out is then not known. */
  signal?: AbortSignal;
}

/** How a connection shows its token. */
export interface Opening {
  /** What the server asks for. */
  token: string;
  /** How long to wait for its answer, as {@linkcode ExchangeOptions.timeout}. */
  timeout: number;
}

/** A request, until its answer has come. */
interface Pending {
  request: string;
  timeout: number;
  deadline: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** The longest text that the runtime can hold. */
const MAX_ANSWER_BYTES = 536_870_888;
const MAX_ANSWER_DEPTH = 64;
const SMALLEST_BUFFER = 4096, LARGEST_BUFFER = 262_144;
/** The first byte of a TLS alert: what a server that takes TLS only says to a client that speaks none. */
const TLS_ALERT = 0x15;
const encoder = new TextEncoder();

/**
 * Requests out, answers in, in the order of the requests. The first request goes alone: a server that answers it with a Python literal is the original one,
 * which takes one request at a time, and is given no more; any other is sent all that is asked at once. The original one knows no token: with one, all
 * goes at once, the token with the first request.
 */
export class Connection implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #framer = new Framer({
    maxBytes: MAX_ANSWER_BYTES,
    maxDepth: MAX_ANSWER_DEPTH,
    pythonStrings: true,
    subject: "Answer",
  });
  /** Sets keep the order of insertion: these are queues. */
  readonly #waiting = new Set<Pending>();
  readonly #sent = new Set<Pending>();
  /** The request that shows the token, and its answer. */
  readonly #opening: { pending: Pending; answer: Promise<Answer> } | undefined;
  #pipelined = false;
  #writing = false;
  /** When the timer that is running fires. */
  #wakeAt = Infinity;
  /** Why the connection ended; absent while it is open. */
  #ended: ClientError | undefined;

  /**
   * @param conn the socket, owned from now on
   * @param opening the token to show with the first request
   */
  constructor(conn: Deno.Conn, opening?: Opening) {
    this.#conn = conn;
    if (opening !== undefined) {
      const request = requestText({ op: "autenticar", data: opening.token });
      const [pending, answer] = this.#enqueue(request, opening.timeout);
      answer.catch(() => {}); // what ends the connection is told to whoever waits for an answer
      this.#opening = { pending, answer };
      this.#pipelined = true;
    }
    this.#readAll();
  }

  /** Whether the connection has ended: every further exchange is rejected. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Sends one request and waits for its answer; may be called again before it has come.
   *
   * @param request one JSON text
   * @throws {ClientError} when no answer came
   */
  exchange(request: string, { timeout, signal }: ExchangeOptions): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const [pending, promise] = this.#enqueue(request, timeout);
    this.#write();
    return signal === undefined ? promise : this.#abortable(promise, pending, signal);
  }

  /**
   * Shows the token, if there is one and no request has taken it along, and waits for the answer.
   *
   * @throws {AuthenticationError} when it is refused
   * @throws {ClientError} when no answer came
   */
  async authenticated(): Promise<void> {
    if (this.#opening === undefined) return;
    this.#write();
    await this.#opening.answer;
  }

  /** Closes the connection; what is still waiting is rejected. */
  close(): void {
    this.#end(new ClosedError("Connection was closed by this program"));
  }

  /** The same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #enqueue(request: string, timeout: number): [Pending, Promise<Answer>] {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const pending = { request, timeout, deadline: Infinity, resolve, reject };
    this.#waiting.add(pending);
    return [pending, promise];
  }

  #abortable(promise: Promise<Answer>, pending: Pending, signal: AbortSignal): Promise<Answer> {
    const abort = () => {
      this.#waiting.delete(pending); // one that is sent stays, for its answer is still to come
      pending.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      await Promise.resolve(); // so that what is asked in one go leaves in one write
      for (let batch = this.#nextBatch(); batch !== ""; batch = this.#nextBatch()) {
        const bytes = encoder.encode(batch);
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch (cause) {
      // the server may have said why before it stopped reading: the reader finds that, and the end
      if (!isDisconnect(cause)) this.#end(new ClosedError(`Cannot send: ${(cause as Error).message}`, { cause }));
    } finally {
      this.#writing = false;
    }
  }

  #nextBatch(): string {
    let batch = "";
    for (const pending of this.#waiting) {
      if (!this.#pipelined && this.#sent.size > 0) break;
      this.#waiting.delete(pending);
      this.#sent.add(pending);
      pending.deadline = deadlineAfter(pending.timeout);
      batch += pending.request;
    }
    this.#watch();
    return batch;
  }

  async #readAll(): Promise<void> {
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) throw this.#endOfStream();
        this.#framer.push(buffer.subarray(0, length));
        for (let text = this.#framer.next(); text !== undefined; text = this.#framer.next()) await this.#answered(text);
        if (length === buffer.length && length < LARGEST_BUFFER) buffer = new Uint8Array(4 * length);
      }
    } catch (error) {
      const saysTls = error instanceof FrameError && this.#framer.held[0] === TLS_ALERT;
      this.#end(
        saysTls ? new ConnectError("takes-tls", TAKES_TLS, { cause: error }) : asClientError(error),
      );
    }
  }

  #endOfStream(): ClientError {
    return this.#framer.partial
      ? new ClosedError("Server closed the connection in the middle of an answer")
      : new ClosedError("Server closed the connection before the answer");
  }

  async #answered(text: string): Promise<void> {
    const answer = { ...await readResponse(text), text };
    const [pending, next] = this.#sent;
    if (answer.status === Status.Closed) {
      if (answer.data === TAKES_TLS) throw new ConnectError("takes-tls", TAKES_TLS);
      if (isRefusedEntrance(answer.data)) throw new AuthenticationError(answer.data);
    }
    if (pending === undefined) throw unasked(answer);
    if (pending === this.#opening?.pending && answer.status !== Status.Ok) throw notOpened(answer);
    this.#sent.delete(pending);
    // a server that goes on answering is not late
    if (next !== undefined) next.deadline = Math.max(next.deadline, deadlineAfter(next.timeout));
    this.#pipelined = text.startsWith('{"');
    pending.resolve(answer);
    this.#watch();
    if (this.#waiting.size > 0) this.#write();
  }

  /**
   * Keeps one timer, for the request that was sent first, which is over time first. It is an `AbortSignal`: the first `setTimeout` of a program costs
   * Deno 2.9 some 5 ms, a third of a one-shot client's time.
   */
  #watch(): void {
    const [oldest] = this.#sent;
    if (oldest === undefined || oldest.deadline >= this.#wakeAt) return;
    this.#wakeAt = oldest.deadline;
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(oldest.deadline - performance.now())));
    signal.addEventListener("abort", () => this.#expire(), { once: true });
  }

  #expire(): void {
    this.#wakeAt = Infinity;
    const [oldest] = this.#sent;
    if (oldest !== undefined && oldest.deadline <= performance.now()) {
      // answers have no names: one that is missing leaves those behind it in doubt
      const what = this.#framer.partial ? "Only a part of the answer" : "No answer";
      this.#end(new TimeoutError(`${what} came in ${oldest.timeout / 1000} s`));
    } else {
      this.#watch();
    }
  }

  #end(error: ClientError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#conn.close();
    for (const pending of [...this.#sent, ...this.#waiting]) pending.reject(error);
    this.#sent.clear();
    this.#waiting.clear();
  }
}

function deadlineAfter(timeout: number): number {
  return timeout === 0 ? Infinity : performance.now() + timeout;
}

function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted;
}
