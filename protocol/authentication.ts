/** The largest request, in bytes, that a server reads before a client has shown the token. */
export const MAX_BYTES_BEFORE_TOKEN = 4096;

/** The reason of the 505 to a client that speaks no TLS where it must; it goes out in plain text. Fixed, as {@linkcode REFUSED_ENTRANCE}. */
export const TAKES_TLS = "Server takes TLS only";

/**
 * Why a server does not let a client in, in the `data` of its 505. Other reasons are for people and may change; these are fixed, because client
 * programs look at them to know what is missing.
 */
export const REFUSED_ENTRANCE = {
  /** The first request is not `autenticar`. */
  noToken: "Connection must begin with autenticar",
  /** The token of `autenticar` is not the server's. */
  wrongToken: "Token is wrong",
  /** Wrong tokens have come from the client's address, so this one was not looked at. */
  throttled: "Too many wrong tokens came from this address",
} as const;

const REASONS: ReadonlySet<string> = new Set(Object.values(REFUSED_ENTRANCE));

/**
 * Whether the reason of a 505 says that the server does not let a client in.
 *
 * @param reason the `data` of the answer
 */
export function isRefusedEntrance(reason: string): boolean {
  return REASONS.has(reason);
}
