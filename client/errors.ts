import { type Response, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";

/**
 * Why a {@linkcode ConnectError} was thrown: the host name is unknown or invalid, nobody answers there or not in time; or with TLS, the certificate is not valid at
 * this time, not for the host or not of a known authority, the server does not speak TLS, or it takes nothing else.
 */
export type ConnectFailure =
  | "host-unknown"
  | "host-invalid"
  | "unreachable"
  | "path-unreachable"
  | "timed-out"
  | "certificate-expired"
  | "certificate-name"
  | "certificate-unknown"
  | "no-tls"
  | "takes-tls";

/** What a client may get in place of an answer; `status` is that of the line which stands for it (docs/protocol.md, "Answers"). */
export abstract class ClientError extends Error {
  /** 504: nothing was sent, or no answer came in time. 505: the connection ended before the answer. */
  abstract readonly status: typeof Status.NotSent | typeof Status.Closed;
}

/** Thrown when no connection to the server can be made: nothing was sent, so trying again is safe. */
export class ConnectError extends ClientError {
  /** The name of this class. */
  override readonly name = "ConnectError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.NotSent = Status.NotSent;
  /** What kind of failure it was. */
  readonly failure: ConnectFailure;

  /**
   * Says what happened.
   *
   * @param failure what kind of failure it was
   */
  constructor(failure: ConnectFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Whether it may help to try again: a server may come up, but a wrong certificate stays wrong. */
export function mayPass(error: unknown): error is ConnectError {
  return error instanceof ConnectError &&
    ["host-unknown", "unreachable", "path-unreachable", "timed-out"].includes(error.failure);
}

/** Thrown when no answer came in time: whether the request was carried out is not known. */
export class TimeoutError extends ClientError {
  /** The name of this class. */
  override readonly name = "TimeoutError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.NotSent = Status.NotSent;
}

/** Thrown when the connection ended before the answer: whether the request was carried out is not known. */
export class ClosedError extends ClientError {
  /** The name of this class. */
  override readonly name = "ClosedError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.Closed = Status.Closed;
  /** The server's last line, if it said why it closed: then no request without an answer was carried out. */
  readonly farewell?: Answer;

  /**
   * Says what happened.
   *
   * @param options the cause, and the server's last line
   */
  constructor(message: string, options: ErrorOptions & { farewell?: Answer } = {}) {
    super(message, options);
    this.farewell = options.farewell;
  }
}

/** Thrown when the server asks for a token and was shown none, or refuses the one that it was shown; nothing was carried out. */
export class AuthenticationError extends ClientError {
  /** The name of this class. */
  override readonly name = "AuthenticationError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.Closed = Status.Closed;
}

/** Thrown when so many requests have no answer yet that this one was not sent; the connection goes on, and takes more once some are answered. */
export class QueueFullError extends ClientError {
  /** The name of this class. */
  override readonly name = "QueueFullError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.NotSent = Status.NotSent;
}

/** Thrown when the server sends something that is not an answer; the connection is closed then. */
export class GarbageError extends ClientError {
  /** The name of this class. */
  override readonly name = "GarbageError";
  /** See {@linkcode ClientError}. */
  override readonly status: typeof Status.Closed = Status.Closed;
}

/** Thrown when the server answers a request with a status other than success. */
export class RefusedError extends Error {
  /** The name of this class. */
  override readonly name = "RefusedError";
  /** The answer's status, 400 to 505. */
  readonly status: number;
  /** The answer's `data`: the reason, if the server gives one. */
  readonly reason: string;

  /**
   * Says what the server answered.
   *
   * @param response the answer
   */
  constructor({ status, message, data }: Response) {
    super(`Server answered ${status} ${message}${data === "" ? "" : `: ${data}`}`);
    this.status = status;
    this.reason = data;
  }
}

/** Thrown when the input is wrong: exit code 65. */
export class BadInputError extends Error {
  /** The name of this class. */
  override readonly name = "BadInputError";
}

/** Thrown when the input cannot be read: exit code 66. */
export class NoInputError extends Error {
  /** The name of this class. */
  override readonly name = "NoInputError";
}
