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
 * How many bytes a part of a text takes.
 *
 * @param text well-formed Unicode
 * @param from where the part begins, in UTF-16 units
 * @param to where it ends; neither is within a character
 */
export function utf8Length(text: string, from: number, to: number): number {
  let bytes = to - from;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    // half of a surrogate pair is half of four bytes
    if (unit >= 0x80) bytes += unit < 0x800 || unit >= 0xd800 && unit < 0xe000 ? 1 : 2;
  }
  return bytes;
}
