import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** How many letters may differ in a short word: two that have changed places count as two. */
const SHORT_DISTANCE = 2;

/**
 * The end of an error about a word that is not known: names the nearest one that is, where one may have been meant. That is one that begins with the word,
 * or of which no more than two letters or a third of the word differ.
 *
 * @param word what was given
 * @param known what could have been, in lower case
 * @returns `""` where nothing is near
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 *
 * console.log(`Unknown option --prot${nearest("--prot", ["--host", "--port"])}`); // Unknown option --prot, did you mean --port
 * console.log(`Unknown option --bogus${nearest("--bogus", ["--host", "--port"])}`); // Unknown option --bogus
 * ```
 */
export function nearest(word: string, known: readonly string[]): string {
  const given = word.toLowerCase(), most = Math.max(SHORT_DISTANCE, given.length / 3);
  const [near] = known
    .map((other) => ({ other, distance: levenshteinDistance(given, other) }))
    .filter(({ other, distance }) => distance <= most || given !== "" && other.startsWith(given))
    .sort((a, b) => a.distance - b.distance);
  return near === undefined ? "" : `, did you mean ${near.other}`;
}
