/**
 * Waits for a promise, but only for a limited time.
 *
 * @param promise does not reject
 * @param limit in milliseconds
 * @returns whether it was settled within that time
 */
export async function settles(promise: Promise<unknown>, limit: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), limit);
  const isSettled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isSettled;
}
