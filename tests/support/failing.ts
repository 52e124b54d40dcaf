/**
 * Runs something while a call of the engine fails as it does at its limits, without the gigabytes that these take.
 *
 * @param holder has the function
 * @param name of the function
 * @param run is waited for
 */
export async function failing(holder: object, name: string, run: () => void | Promise<void>): Promise<void> {
  const object = holder as Record<string, unknown>, original = object[name];
  object[name] = function () {
    throw new RangeError("Limit exceeded");
  };
  try {
    await run();
  } finally {
    object[name] = original;
  }
}
