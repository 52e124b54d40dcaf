import { parseArgs } from "@std/cli/parse-args";
import { ConfigurationError, UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { Option, Options, OptionValues } from "./option.ts";

/** A command line, read. */
export interface CommandLine<O extends Options> {
  /** The value of every option. */
  values: OptionValues<O>;
  /** What is not an option, in order. */
  operands: string[];
}

/** The environment variable of an option: `max-depth` is `RECADO_MAX_DEPTH`. */
export function variableOf(name: string): string {
  return `RECADO_${name.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Reads a command's options: from the command line, then the environment, then the default. An empty variable counts as not set.
 *
 * @param options what the command takes
 * @param args its arguments; behind `--` all are operands, and a negative number is one anywhere
 * @param environment gives the value of a variable
 * @throws {UsageError} when an option is unknown, lacks its value or has a wrong one
 * @throws {ConfigurationError} when a variable has a wrong value
 */
export function readOptions<O extends Options>(
  options: O,
  args: readonly string[],
  environment: (variable: string) => string | undefined,
): CommandLine<O> {
  const { given, operands } = parse(options, args);
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[name] = given.has(name)
      ? fromCommandLine(name, option, given.get(name)!)
      : fromEnvironment(name, option, environment);
  }
  return { values: values as OptionValues<O>, operands };
}

function parse(options: Options, args: readonly string[]): { given: Map<string, string | true>; operands: string[] } {
  const entries = Object.entries(options);
  const names = (isFlag: boolean) =>
    entries.filter(([, { value }]) => (value === undefined) === isFlag).map(([name]) => name);
  const shorts = new Set(entries.map(([, { short }]) => `-${short}`));
  const { _: operands, ...parsed } = parseArgs(
    args.map((argument) => shorts.has(argument) ? argument : guard(argument)),
    {
      boolean: names(true),
      string: [...names(false), "_"],
      alias: Object.fromEntries(entries.flatMap(([name, { short }]) => short ? [[name, short]] : [])),
      unknown(argument, key) {
        if (key !== undefined) throw unknownOption(options, argument);
      },
    },
  );
  refuseFlagValues(options, args);
  const given = new Map<string, string | true>();
  for (const [name, { value }] of entries) {
    const got = parsed[name];
    if (value === undefined ? got !== false : got !== undefined) {
      given.set(name, got === true || unguard(got as string));
    }
  }
  return { given, operands: operands.map(unguard) };
}

/** Keeps from `parseArgs` what it would take for an option (`-5`) or for the value of a flag (`true`): NUL stands in no argument of its own. */
function guard(argument: string): string {
  return /^(-\d.*|true|false)$/s.test(argument) ? `\0${argument}` : argument;
}

/** `parseArgs` takes `--flag=no` for the flag, and `--flag=false` for none, so that the environment would count. */
function refuseFlagValues(options: Options, args: readonly string[]): void {
  const end = args.indexOf("--");
  for (const argument of end < 0 ? args : args.slice(0, end)) {
    const name = argument.match(/^--([^=]+)=/s)?.[1];
    if (name !== undefined && Object.hasOwn(options, name) && options[name].value === undefined) {
      throw new UsageError(`Option --${name} takes no value`);
    }
  }
}

function unguard(argument: string): string {
  return argument.replace(/^\0/, "");
}

function unknownOption(options: Options, argument: string): UsageError {
  const name = argument.replace(/=.*$/s, "");
  return new UsageError(`Unknown option ${name}${nearest(name, Object.keys(options).map((name) => `--${name}`))}`);
}

function fromCommandLine(name: string, option: Option<unknown>, given: string | true): unknown {
  if (given === true) return true;
  if (given === "") throw new UsageError(`Option --${name} lacks its value, ${option.expected}`);
  return read(option, given, (expected) => new UsageError(`Option --${name} is ${expected}`));
}

function fromEnvironment(
  name: string,
  option: Option<unknown>,
  environment: (variable: string) => string | undefined,
): unknown {
  const variable = variableOf(name);
  const given = option.commandLineOnly ? undefined : environment(variable);
  if (given === undefined || given === "") return option.default;
  return read(option, given, (expected) => new ConfigurationError(`Environment variable ${variable} is ${expected}`));
}

function read(option: Option<unknown>, given: string, error: (expected: string) => Error): unknown {
  const value = option.read(given);
  if (value === undefined) throw error(`${JSON.stringify(given)}, expected ${option.expected}`);
  return value;
}
