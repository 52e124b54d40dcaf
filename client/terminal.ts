import { visible } from "../cli/mod.ts";
import type { Answer } from "./answer.ts";

/** What a stream can show. */
export interface Terminal {
  /** Whether it shows colours. */
  color: boolean;
  /** How many columns a line has; `Infinity` if it is not a terminal. */
  columns: number;
}

const COLORS = { red: 31, green: 32, bold: 1, dim: 2 } as const;

/**
 * Colours a text, if the terminal shows colours.
 *
 * @param text without control characters
 * @param color one of the few that are used
 */
export function paint(text: string, color: keyof typeof COLORS, terminal: Pick<Terminal, "color">): string {
  return terminal.color ? `\x1b[${COLORS[color]}m${text}\x1b[0m` : text;
}

/**
 * The line that tells a person of a success.
 *
 * @param id the id that the request named, if it did
 */
export function successLine({ message, data }: Answer, id: number | undefined, terminal: Terminal): string {
  const which = id ?? data;
  return `${paint(visible(message), "green", terminal)}${which === "" ? "" : ` (id ${visible(String(which))})`}\n`;
}
