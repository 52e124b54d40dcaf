import { AnswerError, type Message, readListing, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { RefusedError } from "./errors.ts";
import { delimited, requestText, type WireRequest } from "./wire_request.ts";

/** Options of one request. */
export interface RequestOptions {
  /** How long to wait for the answer once those before it have come, in milliseconds, 0 for ever; that of the client unless it is given. */
  timeout?: number;
  /** Gives up waiting: the promise is rejected with its reason. Unless the request was not sent yet, it is not known whether it is carried out. */
  signal?: AbortSignal;
}

/**
 * A connection to a server. Requests may be made before earlier ones are answered: they are sent together, and answered in order. Once 262,144 requests are
 * without an answer, or as many as have 134,217,728 characters together, one more is rejected with a {@linkcode QueueFullError}, and can be made again once some
 * are answered. Any other {@linkcode ClientError} means that the connection has ended, and that whether the request was carried out is not known.
 */
export class Client implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #timeout: number;

  /** Use {@linkcode connect}. */
  constructor(connection: Connection, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
  }

  /** Whether the connection has ended. */
  get ended(): boolean {
    return this.#connection.ended;
  }

  /**
   * Sends a request as it is and returns the answer, whatever its status.
   *
   * @param request the request, or its JSON text
   * @throws {ClientError} when no answer came
   */
  request(request: WireRequest | string, options: RequestOptions = {}): Promise<Answer> {
    const { timeout = this.#timeout, signal } = options;
    const text = typeof request === "string" ? request : requestText(request);
    return this.#connection.exchange(delimited(text), { timeout, signal });
  }

  /**
   * Lists the board (`mostrar`).
   *
   * @returns the messages in the order of their insertion
   * @throws {RefusedError} when the server cannot read its store
   * @throws {AnswerError} when the answer does not hold a listing
   */
  async list(options?: RequestOptions): Promise<Message[]> {
    return await readListing((await this.#accepted({ op: "mostrar" }, Status.Ok, options)).data);
  }

  /**
   * Adds a message (`adicionar`).
   *
   * @param text well-formed Unicode
   * @param id a safe integer that is not on the board; the server picks one when it is not given
   * @returns the id of the message
   * @throws {RefusedError} when the id is taken, or the server cannot write its store
   * @throws {AnswerError} when the server does not say which id it picked, as an original one does not; the message is on the board
   */
  async add(text: string, id?: number, options?: RequestOptions): Promise<number> {
    const { data } = await this.#accepted({ op: "adicionar", id, data: text }, Status.Added, options);
    if (id !== undefined) return id;
    const picked = Number(data);
    if (!/^-?\d+$/.test(data) || !Number.isSafeInteger(picked)) {
      throw new AnswerError(`Cannot read the id that the server picked: ${JSON.stringify(data)}`);
    }
    return picked;
  }

  /**
   * Removes a message (`deletar`).
   *
   * @param id its id
   * @throws {RefusedError} when it is not on the board, or the server cannot write its store
   */
  async delete(id: number, options?: RequestOptions): Promise<void> {
    await this.#accepted({ op: "deletar", id }, Status.Deleted, options);
  }

  /** Closes the connection; what is still waiting is rejected. */
  close(): void {
    this.#connection.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #accepted(request: WireRequest, status: Status, options?: RequestOptions): Promise<Answer> {
    const answer = await this.request(request, options);
    if (answer.status !== status) throw new RefusedError(answer);
    return answer;
  }
}
