import { assertEquals } from "@std/assert";
import { nearest } from "./mod.ts";

const COMMANDS = ["serve", "send", "completions"];
const OPTIONS = ["--host", "--tls", "--token-file", "--max-connections", "--quiet"];

/** A word, what is known, and which of it is named. */
const WORDS: [word: string, known: readonly string[], named: string | undefined][] = [
  ["sevre", COMMANDS, "serve"],
  ["sent", COMMANDS, "send"],
  ["SEND", COMMANDS, "send"],
  ["comp", COMMANDS, "completions"],
  ["compeltion", COMMANDS, "completions"],
  ["bogus", COMMANDS, undefined],
  ["toString", COMMANDS, undefined],
  ["mostrar", COMMANDS, undefined],
  ["", COMMANDS, undefined],
  ["--token", OPTIONS, "--token-file"],
  ["--t", OPTIONS, "--tls"],
  ["--no-quiet", OPTIONS, "--quiet"],
  ["--max-conections", OPTIONS, "--max-connections"],
  ["--bogus", OPTIONS, undefined],
  ["-x", OPTIONS, undefined],
  ["--s", OPTIONS, undefined],
  ["zhs", ["bash", "zsh", "fish"], "zsh"],
  ["de", ["add", "list", "delete", "deletar"], "delete"],
  ["x", [], undefined],
];

for (const [word, known, named] of WORDS) {
  Deno.test(`of ${known.length} words ${named ?? "none"} is near ${JSON.stringify(word)}`, () => {
    assertEquals(nearest(word, known), named === undefined ? "" : `, did you mean ${named}`);
  });
}
