/** Shows control characters and the like as escapes, so that no text can steer the terminal. */
export function visible(text: string): string {
  return escaped(text.replaceAll("\t", "    "));
}

/** A value as JSON in which nothing can steer a terminal: such characters are escapes, which mean the same. */
export function visibleJson(value: unknown): string {
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
