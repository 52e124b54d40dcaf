/** The buffer of a client that waits, in bytes: most clients are idle most of the time. */
export const SMALLEST_BUFFER = 512;

/** The most that is read from a client at once, in bytes. */
export const LARGEST_BUFFER = 65_536;

/** A read of this many bytes is probably part of a large input. */
export const LARGE_READ = 16_384;

/** If a read held more batches of requests than the first number, the buffer does not grow; if more than the second, it shrinks. */
const ENOUGH = 1, TOO_MANY = 4;

/**
 * How large the buffer for the next read is to be. It grows when a read has filled it, and shrinks when a read needed little of it. The read after one
 * that filled the buffer does not shrink it: otherwise every batch of a client that sends slightly more than a buffer would be cut in two. Whatever is read at
 * once is answered before any other client, so a buffer must not hold too many small requests.
 *
 * @param size of the last buffer, in bytes
 * @param read how much of it the last read has filled, in bytes
 * @param isRest whether the read before it filled its buffer
 * @param batches how many batches of requests were in it
 * @returns from 512 bytes to 64 KiB
 */
export function nextSize(size: number, read: number, isRest: boolean, batches: number): number {
  const smaller = Math.max(size / 4, SMALLEST_BUFFER);
  if (batches > TOO_MANY) return smaller;
  if (read >= size) return batches > ENOUGH ? size : Math.min(4 * size, LARGEST_BUFFER);
  return 8 * read < size && !isRest ? smaller : size;
}
