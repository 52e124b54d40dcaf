/** Most clients are idle most of the time: they wait with a small buffer. In bytes. */
export const SMALLEST_BUFFER = 512;

/** The most that is read from a client at once, in bytes. */
export const LARGEST_BUFFER = 65_536;

/**
 * How large the buffer for the next read is to be: larger when the last one has filled its own, and smaller when it needed little of it; but not after the rest
 * of what had filled the one before, or a client whose requests take just more than a buffer would have each of its batches cut.
 *
 * @param size of the last buffer, in bytes
 * @param read how much of it the last read has filled, in bytes
 * @param isRest whether the read before has filled its own
 * @returns from 512 bytes to 64 KiB
 */
export function nextSize(size: number, read: number, isRest: boolean): number {
  if (read >= size) return Math.min(4 * size, LARGEST_BUFFER);
  return size > SMALLEST_BUFFER && 8 * read < size && !isRest ? size / 4 : size;
}
