import { ConfigurationError, UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { Option, Options, OptionValues } from "./option.ts";

/** A command line, read. */
export interface CommandLine<O extends Options> {
  /** The value of every option. */
  values: OptionValues<O>;
  /** What is not an option, in order. */
  operands: string[];
  /** The options on the command line, in the order in which each last occurs. */
  given: ReadonlySet<string>;
}

/** The environment variable of an option: `max-depth` is `RECADO_MAX_DEPTH`. */
export function variableOf(name: string): string {
  return `RECADO_${name.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Reads a command's options: from the command line, then the environment, then the default. An empty variable counts as not set.
 *
 * @param options what the command takes
 * @param args its arguments; after `--` all are operands, and a negative number always is one
 * @param environment gives the value of a variable
 * @throws {UsageError} when an option is unknown, lacks its value or has a wrong one
 * @throws {ConfigurationError} when a variable has a wrong value
 */
export async function readOptions<O extends Options>(
  options: O,
  args: readonly string[],
  environment: (variable: string) => string | undefined,
): Promise<CommandLine<O>> {
  const { given, operands } = parse(options, args);
  // help is given whatever the environment has
  const variables = given.has("help") || given.has("version") ? () => undefined : environment;
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const argument = given.get(name);
    const variable = argument === undefined && !option.commandLineOnly ? variables(variableOf(name)) : undefined;
    if (argument !== undefined) values[name] = await fromCommandLine(name, option, argument);
    else values[name] = variable ? await fromEnvironment(name, option, variable) : option.default;
  }
  return { values: values as OptionValues<O>, operands, given: new Set(given.keys()) };
}

/** Splits like getopt: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, letters of flags together. */
function parse(options: Options, args: readonly string[]): { given: Map<string, string | true>; operands: string[] } {
  const byLetter = new Map(Object.entries(options).map(([name, { short }]) => [short, name]));
  const given = new Map<string, string | true>(), operands: string[] = [];
  const left = args.values();
  for (const argument of left) {
    const [, long, attached] = argument.match(/^--([^=]+)(?:=(.*))?$/s) ?? [];
    if (argument === "--") operands.push(...left);
    else if (long !== undefined) take(long, attached, `--${long}`);
    else if (isOption(argument) || argument[0] === "-" && byLetter.has(argument.slice(1))) takeLetters(argument);
    else operands.push(argument);
  }
  return { given, operands };

  function take(name: string | undefined, attached: string | undefined, shown: string): void {
    if (name === undefined || !Object.hasOwn(options, name)) throw unknownOption(options, shown);
    const isFlag = options[name].value === undefined;
    if (isFlag && attached !== undefined) throw new UsageError(`Option --${name} takes no value`);
    given.delete(name); // so that the order is that of the last occurrences
    given.set(name, attached ?? (isFlag || following()));
  }

  function takeLetters(argument: string): void {
    for (let at = 1; at < argument.length; at++) {
      const name = byLetter.get(argument[at]);
      const attached = name && options[name].value && argument.slice(at + 1) || undefined;
      take(name, attached, argument);
      if (attached !== undefined) return;
    }
  }

  function following(): string {
    const value = left.next().value ?? "";
    return isOption(value) ? "" : value;
  }
}

/** Whether an argument is an option: `-` and negative numbers are not. */
function isOption(argument: string): boolean {
  return /^-\D/s.test(argument);
}

function unknownOption(options: Options, argument: string): UsageError {
  return new UsageError(
    `Unknown option ${JSON.stringify(argument)}${nearest(argument, Object.keys(options).map((name) => `--${name}`))}`,
  );
}

async function fromCommandLine(name: string, option: Option<unknown>, given: string | true): Promise<unknown> {
  if (given === true) return true;
  if (given === "") throw new UsageError(`Option --${name} lacks its value, ${option.expected}`);
  return await read(option, given, (expected) => new UsageError(`Option --${name} is ${expected}`));
}

async function fromEnvironment(name: string, option: Option<unknown>, given: string): Promise<unknown> {
  return await read(
    option,
    given,
    (expected) => new ConfigurationError(`Environment variable ${variableOf(name)} is ${expected}`),
  );
}

async function read(option: Option<unknown>, given: string, error: (expected: string) => Error): Promise<unknown> {
  const value = await option.read(given);
  if (value === undefined) throw error(`${JSON.stringify(given)}, expected ${option.expected}`);
  return value;
}
