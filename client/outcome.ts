import { ExitCode, OutputError } from "../cli/mod.ts";
import { AnswerError, isOverLimit, Status } from "../protocol/mod.ts";
import {
  AuthenticationError,
  BadInputError,
  type ClientError,
  ClosedError,
  ConnectError,
  GarbageError,
  NoInputError,
  TimeoutError,
} from "./errors.ts";

/**
 * The exit code that an answer means (README.md, "Exit codes").
 *
 * @param status its status
 * @param reason its `data`, if that may say why the connection ends
 */
export function exitCodeOfStatus(status: number, reason = ""): ExitCode {
  if (status === Status.Closed && isOverLimit(reason)) return ExitCode.BadInput;
  if (status === Status.Ok || status === Status.Added || status === Status.Deleted) return ExitCode.Ok;
  if (status >= Status.NotListed && status <= Status.NotDeleted) return ExitCode.Refused;
  return status === Status.NotSent || status === Status.Closed ? ExitCode.Unavailable : ExitCode.BadAnswer;
}

/** The exit code of a failure in place of an answer. */
export function exitCodeOfFailure(error: ClientError): ExitCode {
  if (error instanceof TimeoutError) return ExitCode.TimedOut;
  if (error instanceof AuthenticationError) return ExitCode.NotLetIn;
  if (error instanceof GarbageError) return ExitCode.BadAnswer;
  if (error instanceof ClosedError && error.farewell !== undefined) {
    return exitCodeOfStatus(error.farewell.status, error.farewell.data);
  }
  if (!(error instanceof ConnectError)) return ExitCode.Unavailable;
  return error.failure.startsWith("host-") ? ExitCode.NoHost : ExitCode.Unavailable;
}

/** The exit code of an error that is told in one line, or `undefined` for any other error. */
export function exitCodeOfError(error: unknown): ExitCode | undefined {
  if (error instanceof BadInputError) return ExitCode.BadInput;
  if (error instanceof NoInputError) return ExitCode.NoInput;
  if (error instanceof AnswerError) return ExitCode.BadAnswer;
  if (error instanceof OutputError) return ExitCode.Internal;
}
