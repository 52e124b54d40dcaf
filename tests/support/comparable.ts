import type { Refusal, Request } from "../../protocol/mod.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A request as it can be kept and compared, whatever buffer the text of a message lies in. */
export type Comparable = Exclude<Request | Refusal, { op: "adicionar" }> | {
  op: "adicionar";
  id: number | undefined;
  /** With its escapes. */
  text: string;
};

/** A request as tests compare it. */
export function comparable(request: Request | Refusal): Comparable {
  if (request.op !== "adicionar") return request;
  const { bytes, from, to } = request.text;
  return { ...request, text: decoder.decode(bytes.slice(from, to)) };
}
