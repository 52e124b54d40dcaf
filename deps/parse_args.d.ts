/** What {@linkcode parseArgs} is told of the command line. */
export interface ParseOptions {
  /** Options that take no value. */
  boolean?: readonly string[];
  /** Options whose value is kept as a text; `_` stands for the operands. */
  string?: readonly string[];
  /** Other names of options. */
  alias?: Record<string, string | readonly string[]>;
  /** Called for each operand (with no key) and each option that is not declared; `false` leaves it out of the result. */
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}
/** Parses command-line arguments. */
export function parseArgs(args: readonly string[], options?: ParseOptions): { _: string[]; [option: string]: unknown };
