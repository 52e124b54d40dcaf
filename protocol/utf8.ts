/** Decodes what is not UTF-8, too: of wrong bytes it makes U+FFFD. It takes Deno a third of the time that a fatal one takes. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WRONG = "\ufffd";

/**
 * Decodes UTF-8 exactly; a byte order mark is a character as any other.
 *
 * @param bytes any
 * @throws {TypeError} when they are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = lenient.decode(bytes);
  return text.includes(WRONG) ? strict.decode(bytes) : text;
}

/**
 * The same for what may be anything.
 *
 * @param bytes any
 * @returns `undefined` when they are not UTF-8
 */
export function tryDecodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined; // the runtime says no more than that
  }
}

/**
 * Finds the end of a character beyond ASCII (RFC 3629).
 *
 * @param bytes any
 * @param at where it begins
 * @param end behind the last of them
 * @returns how many bytes it takes, or 0 when what is there is not UTF-8
 */
export function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at], length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + length > end) return 0;
  // the second byte sees to it that nothing is longer than it must be, half of a surrogate pair, or behind the last character
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1] < least || bytes[at + 1] > most) return 0;
  for (let next = at + 2; next < at + length; next++) if ((bytes[next] & 0xc0) !== 0x80) return 0;
  return length;
}
