import { parseDicts, pythonRepr } from "./literal.ts";
import type { ListingForm } from "./request.ts";
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

/** What stands before, between and behind the messages of a listing. */
export const LISTING_FRAME: Readonly<Record<ListingForm, { open: string; separator: string; close: string }>> = {
  python: { open: "", separator: ",", close: "" },
  json: { open: "[", separator: ",", close: "]" },
};

/**
 * Reads the `data` of an answer to `mostrar`, in either form, from this server or from the original one.
 *
 * @param data the listing
 * @returns the messages, in the order of the board
 * @throws {AnswerError} when it is no listing
 */
export async function readListing(data: string): Promise<Message[]> {
  const value = data.startsWith("[") ? parseAnswer(data, "listing") : parseDicts(data);
  const { WireListing } = await import("./schema.ts");
  return checkAnswer(WireListing, value, "listing");
}
