/** Throws when the condition does not hold. */
export function assert(condition: unknown, message?: string): asserts condition;
/** Throws when the values are not deeply equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void;
/** Throws when the values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
/** Throws when the text does not match. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void;
/** Throws when the text does not contain the other. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void;
/** Throws when the function does not throw such an error; returns the error. */
export function assertThrows<E extends Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- an error's constructor may take anything
  errorClass: new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): E;
/** Throws when the promise is not rejected with such an error; resolves to the error. */
export function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- an error's constructor may take anything
  errorClass: new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
/** Throws unless `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void;
/** Throws unless `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void;
/** Throws always. */
export function fail(message?: string): never;
