import type { EscapedText } from "./escaped_text.ts";
import { writeInteger } from "./integer_bytes.ts";
import { parseDicts, pythonRepr } from "./literal.ts";
import type { ListingForm } from "./request.ts";
import { escapeData } from "./response.ts";
import { checkAnswer, parseAnswer } from "./shape.ts";

/** A message on the board. */
export interface Message {
  /** A safe integer. */
  id: number;
  /** Well-formed Unicode. */
  mensagem: string;
}

/**
 * One message as it stands in a listing (docs/protocol.md, "The listing").
 *
 * @param form as a Python dict literal, or as a JSON object
 *
 * @example
 * ```ts
 * import { formatMessage } from "./listing.ts";
 *
 * console.log(formatMessage({ id: 1, mensagem: "it's" }, "python")); // {'id': 1, 'mensagem': "it's"}
 * ```
 */
export function formatMessage({ id, mensagem }: Message, form: ListingForm): string {
  return form === "json"
    ? `{"id":${id},"mensagem":${JSON.stringify(mensagem)}}`
    : `{'id': ${id}, 'mensagem': ${pythonRepr(mensagem)}}`;
}

/** What stands before, between and after the messages of a listing. */
export const LISTING_FRAME: Readonly<Record<ListingForm, { open: string; separator: string; close: string }>> = {
  python: { open: "", separator: ",", close: "" },
  json: { open: "[", separator: ",", close: "]" },
};

/** The most bytes that {@linkcode writePlainMessage} writes for a message besides its text. */
export const AROUND_PLAIN_TEXT = 64;

const QUOTE = 0x27, BACKSLASH = 0x5c, LAST_PRINTABLE = 0x7e;

/** What stands before the id, between it and the text, and after the text, in the line of an answer. */
const AROUND = { python: partsOf("python"), json: partsOf("json") };

/**
 * The short way to encode a message and the separator after it for a listing: for a text that neither form changes. It writes the same bytes as
 * {@linkcode formatMessage} and `escapeData`; a test shows that.
 *
 * @param target has room for the text and {@linkcode AROUND_PLAIN_TEXT} bytes more
 * @param at where to begin
 * @param id a safe integer
 * @param text of the message
 * @param form of the listing
 * @returns where it ends, or `undefined` when the text is not plain: printable ASCII without quotes and backslashes
 */
export function writePlainMessage(
  target: Uint8Array,
  at: number,
  id: number,
  text: EscapedText,
  form: ListingForm,
): number | undefined {
  const [open, between, close] = AROUND[form], { bytes, to } = text;
  at = write(target, at, open);
  at = write(target, writeInteger(target, at, id), between);
  for (let from = text.from; from < to; from++) {
    const byte = bytes[from];
    if (byte > LAST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) return undefined;
    target[at++] = byte;
  }
  return write(target, at, close);
}

function partsOf(form: ListingForm): Uint8Array[] {
  const sample = formatMessage({ id: 0, mensagem: "x" }, form) + LISTING_FRAME[form].separator;
  return escapeData(sample).split(/[0x]/).map((part) => new TextEncoder().encode(part));
}

function write(target: Uint8Array, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) target[at++] = bytes[index];
  return at;
}

/**
 * Reads the `data` of an answer to `mostrar`, in either form, from this server or from the original one.
 *
 * @param data the listing
 * @returns the messages, in the order of the board
 * @throws {AnswerError} when it is not a listing
 */
export async function readListing(data: string): Promise<Message[]> {
  const value = data.startsWith("[") ? parseAnswer(data, "listing") : parseDicts(data);
  const { WireListing } = await import("./schema.ts");
  return checkAnswer(WireListing, value, "listing");
}
