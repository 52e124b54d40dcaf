import type { Command } from "../cli/mod.ts";
import { takesFile } from "./commands.ts";

/** The completion script of bash. */
export function bash(commands: Readonly<Record<string, Command>>): string {
  const cases = Object.entries(commands).map(([name, { words, options }]) => {
    const flags = Object.keys(options).map((option) => `--${option}`);
    return `    ${name}) words="${[...words, ...flags].join(" ")}" ;;\n`;
  });
  return `# bash completion of recado
_recado() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" words=""
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${Object.keys(commands).join(" ")} --help --version" -- "$word"))
    return
  fi
  case "$before" in
${valueCases(commands)}  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("")}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _recado recado
`;
}

/** What completes the word behind an option that takes a value. */
function valueCases(commands: Readonly<Record<string, Command>>): string {
  const cases = new Map<string, string>();
  for (const { options } of Object.values(commands)) {
    for (const [name, option] of Object.entries(options)) {
      if (option.value === undefined) continue;
      const names = option.short === undefined ? `--${name}` : `--${name} | -${option.short}`;
      const generate = takesFile(option) ? "-f" : option.choices ? `-W "${option.choices.join(" ")}"` : "";
      cases.set(names, generate === "" ? "return" : `COMPREPLY=($(compgen ${generate} -- "$word")); return`);
    }
  }
  return [...cases].map(([names, action]) => `    ${names}) ${action} ;;\n`).join("");
}
