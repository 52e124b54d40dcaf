/** How many letters must be put in, taken out or replaced to make one text the other. */
export function levenshteinDistance(str1: string, str2: string): number;
