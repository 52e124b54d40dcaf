import * as z from "zod/mini";

/** A flag in the environment. */
export function flagSchema(): z.ZodMiniType<boolean> {
  return z.pipe(z.enum(["1", "true", "0", "false"]), z.transform((text) => text === "1" || text === "true"));
}

/** A text of a pattern. */
export function textSchema(pattern: RegExp): z.ZodMiniType<string> {
  return z.string().check(z.regex(pattern));
}

/** One of a few words. */
export function choiceSchema(choices: readonly string[]): z.ZodMiniType<string> {
  return z.enum([...choices]);
}

/** An integer in decimal, without a sign, from `min` to `max`. */
export function integerSchema(min: number, max: number): z.ZodMiniType<number> {
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,16}$/)), z.transform(Number)),
    z.int().check(z.minimum(min), z.maximum(max)),
  );
}

/** A time in seconds, in decimal, up to `max`. */
export function secondsSchema(max: number): z.ZodMiniType<number> {
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,7}(\.\d{1,9})?$/)), z.transform(Number)),
    z.number().check(z.maximum(max)),
  );
}
