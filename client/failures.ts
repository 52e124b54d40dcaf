import { AnswerError, FrameError, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import { AuthenticationError, type ClientError, ClosedError, GarbageError } from "./errors.ts";

/** The failure of requests without an answer when the server says, in its last line, why it closes. */
export function letGo(farewell: Answer): ClientError {
  return new ClosedError(`Server closed the connection: ${farewell.data || farewell.message}`, { farewell });
}

/** The failure when an answer comes that nobody asked for: only a server that closes may send one. */
export function unasked(answer: Answer): ClientError {
  return answer.status === Status.Closed
    ? letGo(answer)
    : new GarbageError("Server sent an answer that nobody asked for");
}

/** The failure when `autenticar` is answered with anything but 200: the server closes for another reason, or knows no tokens. */
export function notOpened(answer: Answer): ClientError {
  return answer.status === Status.Closed
    ? letGo(answer)
    : new AuthenticationError(`Server takes no token: ${answer.status} ${answer.data || answer.message}`);
}

/** The failure when the socket cannot be read. */
export function lost(cause: Error): ClientError {
  return new ClosedError(`Connection was lost: ${cause.message}`, { cause });
}

/** The error that ended the reading, as the one for those who wait; what is a fault of this program is no {@linkcode ClientError}. */
export function asFailure(error: unknown): unknown {
  if (error instanceof AnswerError || error instanceof FrameError) {
    return new GarbageError(`Server sent what is no answer: ${error.message}`, { cause: error });
  }
  return error;
}
