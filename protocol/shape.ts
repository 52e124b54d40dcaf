import type * as z from "zod/mini";
import { AnswerError } from "./errors.ts";

/**
 * Checks what came from a server against a schema.
 *
 * @param schema the shape it must have
 * @param value what came
 * @param what its name, for the error
 * @throws {AnswerError} when it has another shape
 */
export function checkAnswer<T>(schema: z.ZodMiniType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new AnswerError(`Cannot read the ${what}: ${path.join(".") || "it"} is wrong (${message})`);
}

/**
 * Parses a text of a server as JSON.
 *
 * @param text the text
 * @param what its name, for the error
 * @throws {AnswerError} when it is not JSON
 */
export function parseAnswer(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AnswerError(`Cannot read the ${what} as JSON`, { cause });
  }
}
