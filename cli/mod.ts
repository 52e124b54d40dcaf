/** What the commands share: reading options, help, exit codes. */
export type { Command } from "./command.ts";
export { variable } from "./environment.ts";
export { ConfigurationError, OutputError, UsageError } from "./errors.ts";
export { ExitCode } from "./exit_code.ts";
export { optionsHelp } from "./help.ts";
export { nearest } from "./nearest.ts";
export {
  choice,
  flag,
  integer,
  type Option,
  type OptionDetails,
  type Options,
  type OptionValues,
  seconds,
  text,
} from "./option.ts";
export { print, printSync, say } from "./print.ts";
export { type CommandLine, readOptions, variableOf } from "./read_options.ts";
export { runCommand } from "./run_command.ts";
export { systemReason } from "./system_reason.ts";
export { readTokenFile } from "./token_file.ts";
export { visible, visibleJson } from "./visible.ts";
