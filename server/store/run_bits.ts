/** How many messages a run has at most: as many as a number has bits. */
export const RUN_LENGTH = 32;

/** All messages of a run, in bits. */
export const ALL = 2 ** RUN_LENGTH - 1;

/** A run is rewritten without the messages that are gone each time that only so many are left, or fewer. */
const THINNED = [8, 2, 1];

/** Whether a message is gone, by its index in its run. */
export function isGone(gone: number, at: number): boolean {
  return (gone & (1 << at)) !== 0;
}

/**
 * Whether a run is to be rewritten without the messages that are gone.
 *
 * @param were those that were gone before, in bits
 * @param gone those that are gone now
 */
export function isToBeThinned(were: number, gone: number): boolean {
  const before = left(were), now = left(gone);
  return THINNED.some((count) => now <= count && before > count);
}

/** How many messages of a run are left. */
function left(gone: number): number {
  let count = 0;
  for (let at = 0; at < RUN_LENGTH; at++) if (!isGone(gone, at)) count++;
  return count;
}

/** Which messages of a run are not there, in bits. */
export function goneOf(ids: readonly (number | null)[]): number {
  let gone = ALL;
  for (let at = 0; at < ids.length; at++) if (ids[at] !== null) gone &= ~(1 << at);
  return gone >>> 0;
}
