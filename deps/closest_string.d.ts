/** The one of the possible words that is nearest to the given one. */
export function closestString(givenWord: string, possibleWords: readonly string[]): string;
