/**
 * The client library: a connection to a server, typed requests, and what can go wrong. The `send` command is built on it, and is here
 * for main.ts.
 *
 * @module
 */
export { Client, type RequestOptions, type WireRequest } from "./client.ts";
export { SEND, sendCommand } from "./command.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export type { Answer } from "./connection.ts";
export {
  ClientError,
  ClosedError,
  ConnectError,
  type ConnectFailure,
  GarbageError,
  RefusedError,
  TimeoutError,
} from "./errors.ts";
export { AnswerError, type Message, type Response, Status } from "../protocol/mod.ts";
