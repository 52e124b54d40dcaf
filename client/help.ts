import { optionsHelp } from "../cli/mod.ts";
import { SEND_OPTIONS } from "./options.ts";

/** What `recado send --help` prints. */
export function helpText(): string {
  return `Usage: recado send [OPTION]... OPERATION
       recado send [OPTION]... - | --requests FILE | --lines | --health

Asks a message board and prints its answer.

Operations:
  mostrar (list)                list the messages
  adicionar (add) TEXT          add a message; the server picks its id
  adicionar (add) ID TEXT       add a message under an id; - as the text reads stdin
  deletar (delete) ID           remove a message
  -                             send the requests on stdin, JSON, one answer a line

Examples:
  recado send adicionar "bom dia"
  recado send adicionar 3 teste
  recado send mostrar --output jsonl
  date | recado send adicionar -
  printf '{"op": "mostrar"}' | recado send -
  seq 10 | recado send --lines
  recado send deletar 3

Without an operation it is a shell on a terminal, and elsewhere the same as -.
Behind -- nothing is an option, as for a text that begins with -.

Options, and the environment variables that stand for them:
${optionsHelp(SEND_OPTIONS)}`;
}
