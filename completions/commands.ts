import type { Command, Option } from "../cli/mod.ts";
import { loadSend } from "../client/mod.ts";
import { SERVE } from "../server/mod.ts";

const { SEND } = await loadSend();

/** The subcommands by their names. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  serve: SERVE,
  send: SEND,
  completions: { help: "print a completion script", words: ["bash", "zsh", "fish"], options: {} },
};

/** Whether the value of an option is the name of a file. */
export function takesFile({ value }: Pick<Option<unknown>, "value">): boolean {
  return value === "FILE" || value === "PATH";
}
