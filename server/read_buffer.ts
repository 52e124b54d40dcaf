/** Most clients are idle most of the time: they wait with a small buffer. In bytes. */
export const SMALLEST_BUFFER = 512;

/** The most that is read from a client at once, in bytes. */
export const LARGEST_BUFFER = 65_536;

/** A read of so many bytes is a part of much, in bytes. */
export const LARGE_READ = 16_384;

/** With more batches of requests than the first in a read the next one is no larger, and with more than the second it is smaller. */
const ENOUGH = 1, TOO_MANY = 4;

/**
 * How large the buffer for the next read is to be: larger when the last one has filled its own, and smaller when it needed little of it; but not after the rest
 * of what had filled the one before, or a client whose requests take just more than a buffer would have each of its batches cut. What is read at once is
 * answered before anybody else is: of requests of a few bytes it must not be too much.
 *
 * @param size of the last buffer, in bytes
 * @param read how much of it the last read has filled, in bytes
 * @param isRest whether the read before has filled its own
 * @param batches how many batches of requests were in it
 * @returns from 512 bytes to 64 KiB
 */
export function nextSize(size: number, read: number, isRest: boolean, batches: number): number {
  const smaller = Math.max(size / 4, SMALLEST_BUFFER);
  if (batches > TOO_MANY) return smaller;
  if (read >= size) return batches > ENOUGH ? size : Math.min(4 * size, LARGEST_BUFFER);
  return 8 * read < size && !isRest ? smaller : size;
}
