/** What made a byte stream impossible to go on reading. */
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

/** Thrown when a text that came from a server is neither form of an answer (docs/protocol.md, "Responses"). */
export class AnswerError extends Error {
  /** The name of this class. */
  override readonly name = "AnswerError";
}
