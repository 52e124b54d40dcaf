import { ConfigurationError } from "./errors.ts";

/**
 * The value of an environment variable.
 *
 * @param name the variable's
 * @returns `undefined` when it is not set
 * @throws {ConfigurationError} when it is not UTF-8
 */
export function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.InvalidData)) throw cause;
    throw new ConfigurationError(`Environment variable ${name} is not UTF-8`, { cause });
  }
}
