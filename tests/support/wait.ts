/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Waits for what must happen, but not for ever.
 *
 * @param limit in milliseconds
 * @throws {Error} when it has not happened by then
 */
export async function within<T>(limit: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Waited ${limit} ms for ${what}`)), limit);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until it is true; {@linkcode within} bounds it. */
export async function until(limit: number, what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + limit;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`Waited ${limit} ms for ${what}`);
    await sleep(10);
  }
}
