import * as z from "zod/mini";

/** An option of a command: `--name VALUE`, or the environment variable of the same name. */
export interface Option<T> {
  /** One line for `--help`. */
  help: string;
  /** What stands for the value in `--help`; absent for a flag. */
  value?: string;
  /** The letter of a short form. */
  short?: string;
  /** Not to be had from the environment, as `--help`. */
  commandLineOnly?: boolean;
  /** Used when the option is not given anywhere. */
  default: T;
  /** Reads the text that was given; `undefined` when it is wrong. */
  read: (given: string) => T | undefined;
  /** What a good text is, for the error. */
  expected: string;
  /** All texts that are good, where they can be counted: for completion. */
  choices?: readonly string[];
}

/** The options of a command by their names, without the dashes. */
export type Options = Record<string, Option<unknown>>;

/** The values of options, by their names. */
export type OptionValues<O extends Options> = { [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

/** What an option is besides its kind. */
export type OptionDetails<T> = Pick<Option<T>, "help" | "short" | "commandLineOnly"> & { default: T };

/** An option that is there or not; in the environment `1` or `true`, `0` or `false`. */
export function flag(details: Omit<OptionDetails<boolean>, "default">): Option<boolean> {
  const schema = z.pipe(z.enum(["1", "true", "0", "false"]), z.transform((text) => text === "1" || text === "true"));
  return { ...details, default: false, read: reader(schema), expected: "1, true, 0 or false" };
}

/** An option whose value is a text that is not empty. */
export function text(
  details: OptionDetails<string> & { value: string; pattern?: RegExp; expected?: string },
): Option<string> {
  const { pattern = /./s, expected = "a text that is not empty" } = details;
  return { ...details, read: reader(z.string().check(z.regex(pattern))), expected };
}

/** An option whose value is one of a few words. */
export function choice(details: OptionDetails<string> & { value: string; choices: readonly string[] }): Option<string> {
  return { ...details, read: reader(z.enum([...details.choices])), expected: details.choices.join(", ") };
}

/** An option whose value is an integer from `min` to `max`. */
export function integer(details: OptionDetails<number> & { min: number; max: number }): Option<number> {
  const { min, max } = details;
  const schema = z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,16}$/)), z.transform(Number)),
    z.int().check(z.minimum(min), z.maximum(max)),
  );
  return { ...details, value: "N", read: reader(schema), expected: `an integer from ${min} to ${max}` };
}

/** The longest time that a timer takes. */
const MAX_SECONDS = 2_147_483;

/** An option whose value is a time in seconds, fractions allowed. */
export function seconds(details: OptionDetails<number>): Option<number> {
  const schema = z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,7}(\.\d{1,9})?$/)), z.transform(Number)),
    z.number().check(z.maximum(MAX_SECONDS)),
  );
  return { ...details, value: "SECONDS", read: reader(schema), expected: `a time in seconds from 0 to ${MAX_SECONDS}` };
}

function reader<T>(schema: z.ZodMiniType<T, unknown>): (given: string) => T | undefined {
  return (given) => schema.safeParse(given).data;
}
