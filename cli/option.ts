/** An option of a command: `--name VALUE`, or the environment variable of the same name. */
export interface Option<T> {
  /** One line for `--help`. */
  help: string;
  /** What stands for the value in `--help`; absent for a flag. */
  value?: string;
  /** The letter of a short form. */
  short?: string;
  /** Whether it has no environment variable, like `--help`. */
  commandLineOnly?: boolean;
  /** Used when the option is not given anywhere. */
  default: T;
  /** Reads the text that was given; `undefined` when it is wrong. */
  read: (given: string) => Promise<T | undefined>;
  /** What a valid text is, for the error. */
  expected: string;
  /** All valid texts, if there are only a few: for completion. */
  choices?: readonly string[];
}

/** The options of a command by their names, without the dashes. */
export type Options = Record<string, Option<unknown>>;

/** The values of options, by their names. */
export type OptionValues<O extends Options> = { [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

/** The details that options of all kinds have. */
export type OptionDetails<T> = Pick<Option<T>, "help" | "short" | "commandLineOnly"> & { default: T };

/** An option that is there or not; in the environment `1` or `true`, `0` or `false`. */
export function flag(details: Omit<OptionDetails<boolean>, "default">): Option<boolean> {
  return {
    ...details,
    default: false,
    read: reader((given) => given === "1" ? true : undefined, ({ flagSchema }) => flagSchema()),
    expected: "1, true, 0 or false",
  };
}

/** An option whose value is a text that is not empty. */
export function text(
  details: OptionDetails<string> & { value: string; pattern?: RegExp; expected?: string },
): Option<string> {
  const { pattern = /./s, expected = "a text that is not empty" } = details;
  const short = (given: string) => pattern.test(given) ? given : undefined;
  return { ...details, read: reader(short, ({ textSchema }) => textSchema(pattern)), expected };
}

/** An option whose value is one of a few words. */
export function choice(details: OptionDetails<string> & { value: string; choices: readonly string[] }): Option<string> {
  const { choices } = details;
  const short = (given: string) => choices.includes(given) ? given : undefined;
  return { ...details, read: reader(short, ({ choiceSchema }) => choiceSchema(choices)), expected: choices.join(", ") };
}

/** An option whose value is an integer from `min` to `max`. */
export function integer(details: OptionDetails<number> & { min: number; max: number }): Option<number> {
  const { min, max } = details;
  return {
    ...details,
    value: "N",
    read: reader(plainNumber(min, max), ({ integerSchema }) => integerSchema(min, max)),
    expected: `an integer from ${min} to ${max}`,
  };
}

/** The longest time that a timer takes. */
const MAX_SECONDS = 2_147_483;

/** An option whose value is a time in seconds, fractions allowed. */
export function seconds(details: OptionDetails<number>): Option<number> {
  return {
    ...details,
    value: "SECONDS",
    read: reader(plainNumber(0, MAX_SECONDS), ({ secondsSchema }) => secondsSchema(MAX_SECONDS)),
    expected: `a time in seconds from 0 to ${MAX_SECONDS}`,
  };
}

/**
 * Reads by the schema, which is loaded only for texts that the short way does not know: zod's start is a fifth of a one-shot client's time. Whatever the short
 * way takes, the schema takes as the same value; a test keeps the two in step.
 */
function reader<T>(
  short: (given: string) => T | undefined,
  schema: (schemas: typeof import("./schema.ts")) => { safeParse(given: string): { data?: T } },
): (given: string) => Promise<T | undefined> {
  return async (given) => short(given) ?? schema(await import("./schema.ts")).safeParse(given).data;
}

function plainNumber(min: number, max: number): (given: string) => number | undefined {
  return (given) => {
    const value = Number(given);
    return /^\d{1,9}$/.test(given) && value >= min && value <= max ? value : undefined;
  };
}
