import type { Request } from "./request.ts";

/**
 * A request as the original client writes it and as nearly all are: the three members in this order, no escapes, an id without a sign. What is
 * ambiguous in any way (control characters, surrogates, larger numbers) is left to the long way.
 */
const CANONICAL =
  // deno-lint-ignore no-control-regex -- JSON has none inside a string
  /^\{"op": ?"(adicionar|deletar|mostrar)", ?"id": ?(?:(0|[1-9]\d{0,14})|""), ?"data": ?"([^"\\\x00-\x1f\ud800-\udfff]*)"\}$/;

/**
 * The short way to read a request: what it takes, {@linkcode readRequest} takes as the same request, which a test shows for many texts. It saves
 * `JSON.parse` and the schema, five times its own cost.
 *
 * @param text one whole JSON text
 * @returns `undefined` when the long way must be gone
 */
export function readCanonical(text: string): Request | undefined {
  const match = CANONICAL.exec(text);
  if (match === null) return undefined;
  const id = match[2];
  switch (match[1]) {
    case "adicionar":
      return { op: "adicionar", id: id === undefined ? undefined : +id, text: match[3] };
    case "deletar":
      return id === undefined ? undefined : { op: "deletar", id: +id };
    default:
      return { op: "mostrar", form: match[3] === "json" ? "json" : "python" };
  }
}
