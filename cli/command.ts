import type { Options } from "./option.ts";

/** What the command line of a subcommand takes, for completion. */
export interface Command {
  /** One line that says what it does. */
  help: string;
  /** The words that may follow it. */
  words: readonly string[];
  /** Its options. */
  options: Options;
}
