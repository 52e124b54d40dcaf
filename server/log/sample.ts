/** How many bytes of what could not be read are looked at. */
const LENGTH = 60;

/** Strings that are the protocol's own: everything else that is quoted may be a message. */
const KNOWN = new Set(["op", "id", "data", "mostrar", "adicionar", "deletar", "autenticar"]);
const LITERALS = new Set(["true", "false", "null"]);

const decoder = new TextDecoder();

/**
 * The beginning of what could not be read, for a log: its shape, but nothing of the text of a message. Brackets, colons, quotes and the words of the protocol
 * stay; every other letter becomes an `x`, every digit a `0`, everything else a `.`.
 *
 * @param held the bytes, or the text that they stand for
 * @returns at most some sixty printable ASCII characters
 */
export function maskedSample(held: Uint8Array | string): string {
  const text = typeof held === "string" ? held.slice(0, LENGTH) : decoder.decode(held.subarray(0, LENGTH));
  const masked = text.replace(
    /"([^"\\]*)"|[a-z]+|[^]/gi,
    (token, quoted) => KNOWN.has(quoted) || LITERALS.has(token) ? token : mask(token),
  );
  return held.length > LENGTH ? `${masked}...` : masked;
}

/**
 * Why a client is refused, for a log. Whatever it quotes was sent by the client and may be the text of a message in the wrong place, so it is masked like a
 * {@linkcode maskedSample}.
 */
export function maskedReason(reason: string): string {
  return reason.replace(/"((?:[^"\\]|\\.)*)"?/g, (token, quoted) => KNOWN.has(quoted) ? token : mask(token));
}

function mask(token: string): string {
  return token.replace(/[a-z]/gi, "x").replace(/\d/g, "0").replace(/\s/g, " ").replace(/[^x0 {}[\]:,"']/g, ".");
}
