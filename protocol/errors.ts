/** Why a byte stream cannot be read any further. */
export type FrameErrorCode = "not-json" | "not-utf8" | "too-large" | "too-deep" | "truncated";

/**
 * Thrown when what came is not a whole, well-formed JSON text within the limits. The stream cannot be read any further:
 * a server answers 505 with the message as the reason, and closes (docs/protocol.md).
 */
export class FrameError extends Error {
  /** The name of this class. */
  override readonly name = "FrameError";
  /** Which of the rules was broken. */
  readonly code: FrameErrorCode;

  /**
   * Says what is wrong.
   *
   * @param code which of the rules was broken
   * @param message the reason, in one line, as it is told to the other side
   */
  constructor(code: FrameErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Whether the reason of a 505 says that a request exceeds a limit of the server, so that sending it again would not help.
 *
 * @param reason the `data` of the answer: the message of a {@linkcode FrameError}, which is fixed for this
 */
export function isOverLimit(reason: string): boolean {
  return /^Request is (larger than \d+ bytes|nested deeper than \d+ levels)$/.test(reason);
}

/** Thrown when a text that came from a server is neither form of an answer (docs/protocol.md, "Answers"). */
export class AnswerError extends Error {
  /** The name of this class. */
  override readonly name = "AnswerError";
}
