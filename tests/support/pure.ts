/**
 * A test of code that needs no permission at all.
 *
 * @param name what holds
 * @param fn throws when it does not
 */
export function pure(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}
