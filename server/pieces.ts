/**
 * Puts pieces together that are smaller than they should be; larger ones are not copied.
 *
 * @param pieces in order
 * @param least how many bytes a piece should have at least; the last one may have fewer
 */
export function coalesce(pieces: readonly Uint8Array[], least: number): Uint8Array[] {
  const whole: Uint8Array[] = [];
  let from = 0, size = 0;
  for (let at = 0; at < pieces.length; at++) {
    size += pieces[at].length;
    if (size < least && at < pieces.length - 1) continue;
    whole.push(at === from ? pieces[at] : concat(pieces.slice(from, at + 1), size));
    from = at + 1;
    size = 0;
  }
  return whole;
}

/**
 * Copies pieces into one.
 *
 * @param size how many bytes they have together
 */
export function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}
