/** The lowest bits of an id that are not hashed: each eight consecutive ids share a hash. */
export const RUN_BITS = 3;

/** Numbers of 32 bits. */
const WORD = 2 ** 32;

/**
 * Factors that nobody knows, odd, so that nothing is lost. Were a secret number only added to the id, a client could choose ids that all have one hash whatever
 * it is, and each would take longer than the one before.
 */
const [LOW, HIGH] = crypto.getRandomValues(new Uint32Array(2)).map((factor) => factor | 1);

/** An odd number with random-looking bits, to spread numbers by multiplication. */
const SPREAD = 0x85ebca6b;

/**
 * A hash of 32 bits, different in each process, all of whose bits depend on all bits of the id except the lowest {@linkcode RUN_BITS}.
 *
 * @param id a safe integer
 */
export function hashOf(id: number): number {
  const hash = Math.imul(id >>> RUN_BITS, LOW) + Math.imul(Math.floor(id / WORD), HIGH);
  // the higher bits of a product depend on all bits of its factors, the lower ones do not
  const spread = Math.imul(hash ^ (hash >>> 16), SPREAD);
  return (spread ^ (spread >>> 15)) >>> 0;
}
