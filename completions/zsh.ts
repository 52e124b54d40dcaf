import type { Command, Option } from "../cli/mod.ts";
import { takesFile } from "./commands.ts";

/** The completion script of zsh. */
export function zsh(commands: Readonly<Record<string, Command>>): string {
  const cases = Object.entries(commands).map(([name, { words, options }]) => {
    const specs = Object.entries(options).flatMap(([option, details]) => specsOf(option, details));
    if (words.length > 0) specs.push(`'1:operand:(${words.join(" ")})'`, `'*:operand: '`);
    return `    ${name}) _arguments -s ${specs.map((spec) => `\\\n      ${spec}`).join(" ")} ;;\n`;
  });
  const names = Object.entries(commands).map(([name, { help }]) => `'${name}:${help}'`);
  return `#compdef recado
# zsh completion of recado
_recado() {
  local -a commands=(${names.join(" ")})
  if ((CURRENT == 2)); then
    _describe command commands
    compadd -- --help --version
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join("")}  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _recado "$@"; else compdef _recado recado; fi
`;
}

function specsOf(name: string, option: Option<unknown>): string[] {
  const help = option.help.replaceAll("'", "").replaceAll(/[[\]:]/g, " ");
  const action = takesFile(option) ? "_files" : option.choices ? `(${option.choices.join(" ")})` : " ";
  const value = option.value === undefined ? "" : `:${option.value}:${action}`;
  // these signs allow the value in the same word as well
  const [long, short] = option.value === undefined ? ["", ""] : ["=", "+"];
  const names = option.short === undefined ? [`--${name}${long}`] : [`--${name}${long}`, `-${option.short}${short}`];
  return names.map((given) => `'${given}[${help}]${value}'`);
}
