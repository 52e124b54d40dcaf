import type { Options } from "./option.ts";
import { variableOf } from "./read_options.ts";

/**
 * The options of a command, as `--help` lists them.
 *
 * @param options what the command takes
 * @returns lines, each with its newline
 */
export function optionsHelp(options: Options): string {
  const rows = Object.entries(options).map(([name, { short, value, help, default: given, commandLineOnly }]) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    const from = value === undefined || given === "" ? "" : ` [${given}]`;
    return [
      `  ${short ? `-${short}, ` : "    "}${long}`,
      `${help}${from}${commandLineOnly ? "" : ` (${variableOf(name)})`}`,
    ];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}\n`).join("");
}
