/**
 * The client library: a connection to a server, typed requests, and what can go wrong. The `send` command is built on it.
 *
 * @module
 */
export { Client, type RequestOptions } from "./client.ts";
export { loadSend, type SendCommand } from "./load_send.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export type { Answer } from "./answer.ts";
export {
  AuthenticationError,
  ClientError,
  ClosedError,
  ConnectError,
  type ConnectFailure,
  GarbageError,
  QueueFullError,
  RefusedError,
  TimeoutError,
} from "./errors.ts";
export type { WireRequest } from "./wire_request.ts";
export { AnswerError, type Message, type Response, Status } from "../protocol/mod.ts";
