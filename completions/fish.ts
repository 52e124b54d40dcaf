import type { Command } from "../cli/mod.ts";
import { takesFile } from "./commands.ts";

/** The completion script of fish. */
export function fish(commands: Readonly<Record<string, Command>>): string {
  const names = Object.keys(commands);
  const lines = ["# fish completion of recado", "complete -c recado -f"];
  for (const [name, { help, words, options }] of Object.entries(commands)) {
    lines.push(`complete -c recado -n 'not __fish_seen_subcommand_from ${names.join(" ")}' -a ${name} -d '${help}'`);
    const inside = `complete -c recado -n '__fish_seen_subcommand_from ${name}'`;
    if (words.length > 0) {
      lines.push(
        `${inside.slice(0, -1)}; and not __fish_seen_subcommand_from ${words.join(" ")}' -a '${words.join(" ")}'`,
      );
    }
    for (const [option, { help, short, value, choices, ...details }] of Object.entries(options)) {
      const from = takesFile({ value, ...details })
        ? " -r -F"
        : choices
        ? ` -x -a '${choices.join(" ")}'`
        : value
        ? " -x"
        : "";
      lines.push(`${inside} -l ${option}${short ? ` -s ${short}` : ""}${from} -d '${help.replaceAll("'", "")}'`);
    }
  }
  return `${lines.join("\n")}\n`;
}
