import { AnswerError, FrameError, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import { AuthenticationError, ClientError, ClosedError, GarbageError } from "./errors.ts";

/** The failure of what has no answer yet when the server says, as its last line, why it closes. */
export function letGo(farewell: Answer): ClientError {
  return new ClosedError(`Server closed the connection: ${farewell.data || farewell.message}`, { farewell });
}

/** The failure when an answer comes that nobody asked for: only why the server closes may come so. */
export function unasked(answer: Answer): ClientError {
  return answer.status === Status.Closed
    ? letGo(answer)
    : new GarbageError("Server sent an answer that nobody asked for");
}

/** The failure when `autenticar` is answered otherwise than 200: the server lets go of the client for another reason, or knows no token. */
export function notOpened(answer: Answer): ClientError {
  return answer.status === Status.Closed
    ? letGo(answer)
    : new AuthenticationError(`Server takes no token: ${answer.status} ${answer.data || answer.message}`);
}

/** What ended the reading, as what is told to those who wait. */
export function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof AnswerError || error instanceof FrameError) {
    return new GarbageError(`Server sent what is no answer: ${error.message}`, { cause: error });
  }
  return new ClosedError(`Connection was lost: ${(error as Error).message}`, { cause: error });
}
