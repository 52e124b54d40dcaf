import { closestString } from "@std/text/closest-string";

/**
 * The end of an error about a word that is not known: names the nearest one that is.
 *
 * @param word what was given
 * @param known what could have been; not empty
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 *
 * console.log(`Unknown option --prot${nearest("--prot", ["--host", "--port"])}`); // Unknown option --prot, did you mean --port
 * ```
 */
export function nearest(word: string, known: readonly string[]): string {
  return `, did you mean ${closestString(word, known)}`;
}
