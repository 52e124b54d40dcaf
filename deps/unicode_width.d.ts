/** How many columns of a terminal a text takes. */
export function unicodeWidth(text: string): number;
