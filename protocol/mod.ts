/**
 * The wire protocol of Recado (docs/protocol.md): requests and answers, the listing, and the framing of both, with no socket, file or clock.
 *
 * @module
 */
export { isRefusedEntrance, MAX_BYTES_BEFORE_TOKEN, REFUSED_ENTRANCE, TAKES_TLS } from "./authentication.ts";
export { type ByteScanner, isSpace } from "./byte_scanner.ts";
export { nextCanonical } from "./canonical.ts";
export { EscapedText } from "./escaped_text.ts";
export { AnswerError, FrameError, type FrameErrorCode, isOverLimit } from "./errors.ts";
export { type FrameLimits, Framer, type FramerOptions } from "./framing.ts";
export { MOST_INTEGER_BYTES, writeInteger } from "./integer_bytes.ts";
export {
  AROUND_PLAIN_TEXT,
  formatMessage,
  LISTING_FRAME,
  type Message,
  readListing,
  writePlainMessage,
} from "./listing.ts";
export type { ListingForm, Refusal, Request } from "./request.ts";
export { loadRequestReader, type RequestReader } from "./request_reader.ts";
export {
  escapeData,
  MESSAGES,
  readResponse,
  type Response,
  RESPONSE_END,
  responseLine,
  responseStart,
  Status,
} from "./response.ts";
export { tryDecodeUtf8 } from "./utf8.ts";
