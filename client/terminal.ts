import { eastAsianWidth } from "get-east-asian-width";
import type { Message } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";

/** What a stream of the process can show. */
export interface Terminal {
  /** Whether it takes colours. */
  color: boolean;
  /** How many columns a line has; `Infinity` where it is no terminal. */
  columns: number;
}

const COLORS = { red: 31, green: 32, bold: 1, dim: 2 } as const;

/** The narrowest column that a text is wrapped into. */
const MIN_TEXT_WIDTH = 20;

/**
 * Colours a text, where the terminal takes colours.
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

/**
 * The board as a person likes to read it: ids to the right, texts wrapped to the window, control characters made visible.
 *
 * @param messages in the order of the board
 */
export function table(messages: readonly Message[], terminal: Terminal): string {
  if (messages.length === 0) return `${paint("No messages", "dim", terminal)}\n`;
  const idWidth = messages.reduce((width, { id }) => Math.max(width, `${id}`.length), 2);
  const width = Math.max(MIN_TEXT_WIDTH, terminal.columns - idWidth - 2);
  const rows = messages.map(({ id, mensagem }) => {
    const [first, ...others] = mensagem.split("\n").flatMap((line) => wrap(visible(line), width));
    const head = `${paint(`${id}`.padStart(idWidth), "bold", terminal)}  ${first}\n`;
    return head + others.map((line) => `${" ".repeat(idWidth)}  ${line}\n`).join("");
  });
  return `${paint(`${"id".padStart(idWidth)}  mensagem`, "dim", terminal)}\n${rows.join("")}`;
}

/** Shows control characters and the like as escapes: a message must not be able to steer the terminal. */
export function visible(text: string): string {
  return text.replaceAll("\t", "    ").replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Cuts a line where the window ends, between characters as a person sees them. */
function wrap(line: string, width: number): string[] {
  const lines = [];
  let current = "", used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const columns = columnsOf(segment);
    if (used + columns > width) {
      lines.push(current);
      current = "";
      used = 0;
    }
    current += segment;
    used += columns;
  }
  return [...lines, current];
}

/** How many columns a character as a person sees it takes: two for the wide ones of East Asia and for emoji, none for a lone mark. */
function columnsOf(segment: string): number {
  if (/^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(segment)) return 0;
  return /^\p{RGI_Emoji}$/v.test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0)!);
}
