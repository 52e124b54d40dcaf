/**
 * Joins small neighbours; large pieces are left as they are.
 *
 * @param pieces in order
 * @param large the bytes from which on a piece is large; a joined piece has no more
 */
export function coalesce(pieces: readonly Uint8Array[], large: number): Uint8Array[] {
  const whole: Uint8Array[] = [];
  let run: Uint8Array[] = [], size = 0;
  const endRun = () => {
    if (size > 0) whole.push(run.length === 1 ? run[0] : concat(run));
    run = [];
    size = 0;
  };
  for (const piece of pieces) {
    if (size + piece.length > large) endRun();
    if (piece.length >= large) {
      whole.push(piece);
    } else {
      run.push(piece);
      size += piece.length;
    }
  }
  endRun();
  return whole;
}

/**
 * Copies pieces into one.
 *
 * @param pieces in order
 */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}
