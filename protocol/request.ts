import { FrameError } from "./errors.ts";
import { EscapedText } from "./escaped_text.ts";
import { Status } from "./response.ts";
import { Envelope, MessageId, WireRequest } from "./schema.ts";

/** The forms of the listing: Python literals, as the description has it, or the text of a JSON array. */
export type ListingForm = "python" | "json";

/** A request that the board can carry out. */
export type Request =
  | { op: "mostrar"; form: ListingForm }
  | { op: "adicionar"; id: number | undefined; text: EscapedText }
  | { op: "deletar"; id: number }
  | { op: "autenticar"; token: string };

/** A request that is refused before it reaches the board: the status of its answer, and why. */
export interface Refusal {
  /** Tells it from a request. */
  op: "refused";
  /** 401, 403 or 504. */
  status: Status;
  /** The reason, in one line. */
  reason: string;
}

const AN_ID = "an integer from -9007199254740991 to 9007199254740991";

/** For each operation that can be refused for its members: the status of the refusal, and which ids it takes. */
const REFUSALS = new Map<unknown, { status: Status; id: string }>([
  ["adicionar", { status: Status.NotAdded, id: `${AN_ID}, or ""` }],
  ["deletar", { status: Status.NotDeleted, id: AN_ID }],
]);

/**
 * Reads one text as a request, by the table of docs/protocol.md ("Requests"): members that the operation does not use may be
 * anything; if a member is repeated, the last one counts.
 *
 * @param text one complete JSON text, as a `Framer` yields it
 * @returns what to carry out, or the status and reason to answer with
 * @throws {FrameError} when the text is not JSON
 *
 * @example
 * ```ts
 * import { readRequest } from "./request.ts";
 *
 * console.log(readRequest('{"op": "deletar", "id": 3}')); // { op: "deletar", id: 3 }
 * ```
 */
export function readRequest(text: string): Request | Refusal {
  const value = parse(text);
  const request = WireRequest.safeParse(value);
  if (!request.success) return refuse(value);
  const { data: wire } = request;
  switch (wire.op) {
    case "mostrar":
      return { op: "mostrar", form: wire.data === "json" ? "json" : "python" };
    case "adicionar":
      return {
        op: "adicionar",
        id: typeof wire.id === "number" ? unsigned(wire.id) : undefined,
        text: EscapedText.of(wire.data),
      };
    case "deletar":
      return { op: "deletar", id: unsigned(wire.id) };
    case "autenticar":
      return { op: "autenticar", token: typeof wire.data === "string" ? wire.data : "" };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // without the engine's message: it changes with its version, gives a position only for some errors, and may quote the text of a message
    throw new FrameError("not-json", "Request is not JSON", { cause });
  }
}

/** Says why a value is not a request. It looks again at what the schema refused, so that only wrong requests pay for it. */
function refuse(value: unknown): Refusal {
  const envelope = Envelope.safeParse(value);
  if (!envelope.success) {
    return { op: "refused", status: Status.NotSent, reason: 'Request is not an object with a text "op"' };
  }
  const { op } = envelope.data;
  const refusal = REFUSALS.get(op);
  if (refusal === undefined) {
    return { op: "refused", status: Status.NotSent, reason: `Unknown operation ${sample(op)}` };
  }
  const { id, data } = value as { id?: unknown; data?: unknown };
  const goodId = MessageId.safeParse(id).success || op === "adicionar" && (id === "" || id === undefined);
  const reason = goodId
    ? `data is ${typeof data === "string" ? "a text with a lone surrogate" : kind(data)}, expected a well-formed text`
    : `id is ${id === undefined ? "missing" : sample(id)}, expected ${refusal.id}`;
  return { op: "refused", status: refusal.status, reason: `Cannot ${op}: ${reason}` };
}

/** Makes -0 a 0: no store and no listing tells them apart. */
function unsigned(id: number): number {
  return id === 0 ? 0 : id;
}

function kind(value: unknown): string {
  return value === undefined
    ? "missing"
    : value === null
    ? "null"
    : Array.isArray(value)
    ? "an array"
    : `of type ${typeof value}`;
}

/** The beginning of a value from outside, short and on one line, fit for an answer and a log. */
function sample(value: unknown): string {
  // JSON would make `null` of a number too large for its type
  const text = typeof value === "number" ? `${value}` : JSON.stringify(value);
  // deno-lint-ignore no-control-regex -- control characters are what it takes out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
  return line.length > 60 ? `${line.slice(0, 60).replace(/[\ud800-\udbff]$/, "")}…` : line;
}
