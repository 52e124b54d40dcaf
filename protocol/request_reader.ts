import type { Refusal, Request } from "./request.ts";

/**
 * Reads one text as a request, by the table of docs/protocol.md ("Requests").
 *
 * @param text one complete JSON text, as a `Framer` yields it
 * @returns what to carry out, or the status and reason to answer with
 * @throws {FrameError} when the text is not JSON
 */
export type RequestReader = (text: string) => Request | Refusal;

/**
 * Loads the reader of requests: the server's part of the protocol, which a client must not wait for.
 *
 * @example
 * ```ts
 * import { loadRequestReader } from "./request_reader.ts";
 *
 * const readRequest = await loadRequestReader();
 * console.log(readRequest('{"op": "deletar", "id": 3}')); // { op: "deletar", id: 3 }
 * ```
 */
export async function loadRequestReader(): Promise<RequestReader> {
  return (await import("./request.ts")).readRequest;
}
