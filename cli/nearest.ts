import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** How many letters may differ, though never all of them; two swapped letters count as two. */
function mostDifferent(word: string): number {
  const letters = word.replace(/^-+/, "").length;
  return Math.min(letters - 1, Math.max(2, word.length / 3));
}

/**
 * The end of an error about an unknown word: names the nearest known one, if that may have been meant. That is one which begins with the word, or else one
 * that differs from it in at most two letters or a third of them, and not in all.
 *
 * @param word what was given
 * @param known what could have been, in lower case
 * @returns `""` if nothing is near
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 *
 * console.log(`Unknown option "--prot"${nearest("--prot", ["--host", "--port"])}`); // Unknown option "--prot", did you mean --port
 * console.log(`Unknown option "--bogus"${nearest("--bogus", ["--host", "--port"])}`); // Unknown option "--bogus"
 * ```
 */
export function nearest(word: string, known: readonly string[]): string {
  const given = word.toLowerCase(), begun = known.filter((other) => given !== "" && other.startsWith(given));
  const [near] = (begun.length > 0 ? begun : known)
    .map((other) => ({ other, distance: levenshteinDistance(given, other) }))
    .filter(({ distance }) => begun.length > 0 || distance <= mostDifferent(given))
    .sort((a, b) => a.distance - b.distance);
  return near === undefined ? "" : `, did you mean ${near.other}`;
}
