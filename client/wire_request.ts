/** A request as the wire has it (docs/protocol.md, "Requests"). */
export interface WireRequest {
  /** The operation. */
  op: string;
  /** The id of a message, or `""` where there is none. */
  id?: number | "";
  /** The text of a message, or an option of the operation. */
  data?: string;
}

/** A request as the original client sends it: all three members, and no newline. */
export function requestText({ op, id = "", data = "" }: WireRequest): string {
  return `{"op": ${JSON.stringify(op)}, "id": ${JSON.stringify(id)}, "data": ${JSON.stringify(data)}}`;
}

/** A JSON text, ready to be sent: a number is complete only at the byte after it. */
export function delimited(text: string): string {
  return /\d$/.test(text) ? `${text}\n` : text;
}
