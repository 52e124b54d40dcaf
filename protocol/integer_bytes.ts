const MINUS = 0x2d, ZERO = 0x30;

/** The most bytes that an integer takes. */
export const MOST_INTEGER_BYTES = 17;

/**
 * Writes an integer in decimal, as JSON and Python do, without making a string of it: that would take more than twice as long, and leave garbage.
 *
 * @param target has room for {@linkcode MOST_INTEGER_BYTES}
 * @param at where to begin
 * @param integer a safe integer
 * @returns where it ends
 *
 * @example
 * ```ts
 * import { writeInteger } from "./integer_bytes.ts";
 *
 * const bytes = new Uint8Array(17);
 * console.log(bytes.subarray(0, writeInteger(bytes, 0, -12))); // [45, 49, 50]
 * ```
 */
export function writeInteger(target: Uint8Array, at: number, integer: number): number {
  if (integer < 0) target[at++] = MINUS;
  let rest = Math.abs(integer), end = at + 1;
  for (let limit = 10; limit <= rest; limit *= 10) end++;
  for (let to = end - 1; to >= at; to--) {
    const tens = Math.floor(rest / 10);
    target[to] = ZERO + (rest - 10 * tens);
    rest = tens;
  }
  return end;
}
