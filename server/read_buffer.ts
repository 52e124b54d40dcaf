/** Most clients are idle most of the time: they wait with a small buffer. In bytes. */
export const SMALLEST_BUFFER = 512;

/** The most that is read from a client at once, in bytes. */
export const LARGEST_BUFFER = 65_536;

/** A read of so many bytes is a part of much, in bytes. */
export const LARGE_READ = 16_384;

/** After a read that held more batches of requests than the first number the buffer does not grow; after more than the second it shrinks. */
const ENOUGH = 1, TOO_MANY = 4;

/**
 * How large the buffer for the next read is to be. It grows when a read has filled it, and shrinks when a read needed little of it. A read that follows one
 * which filled the buffer does not shrink it: of a client whose requests take just more than a buffer each batch would be cut. And what is read at once is
 * answered before anybody else is: of many small requests that must not be too much.
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
