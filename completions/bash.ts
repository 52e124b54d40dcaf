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
  # readline breaks words at "=", too
  if [[ $word == = ]]; then
    word=""
  elif [[ $before == = ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
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

/** Names may have spaces; from bash 4 on they are quoted, and a folder does not end the word. */
const FILES = `local IFS=$'\\n'; compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$word")); return`;

function choices(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word")); return`;
}

/** Completes the word after an option that takes a value. */
function valueCases(commands: Readonly<Record<string, Command>>): string {
  const cases = new Map<string, string>();
  for (const { options } of Object.values(commands)) {
    for (const [name, option] of Object.entries(options)) {
      if (option.value === undefined) continue;
      const names = option.short === undefined ? `--${name}` : `--${name} | -${option.short}`;
      cases.set(names, takesFile(option) ? FILES : option.choices ? choices(option.choices) : "return");
    }
  }
  return [...cases].map(([names, action]) => `    ${names}) ${action} ;;\n`).join("");
}
