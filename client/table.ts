import { eastAsianWidth } from "get-east-asian-width";
import { visible } from "../cli/mod.ts";
import type { Message } from "../protocol/mod.ts";
import { paint, type Terminal } from "./terminal.ts";

/** The narrowest column that a text is wrapped into. */
const MIN_TEXT_WIDTH = 20;

/** Making one takes longer than wrapping a line. */
const segmenter = new Intl.Segmenter();

/**
 * The board as a table for people: ids aligned to the right, texts wrapped to the window, control characters made visible.
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

/** Wraps a line to the width of the window, between grapheme clusters. */
function wrap(line: string, width: number): string[] {
  const lines = [];
  // most lines are ASCII, whose characters are a column each: a tenth of the time
  if (/^[ -~]*$/.test(line)) {
    for (let at = 0; at < line.length; at += width) lines.push(line.slice(at, at + width));
    return lines.length > 0 ? lines : [""];
  }
  let current = "", used = 0;
  for (const { segment } of segmenter.segment(line)) {
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

/** How many columns a grapheme cluster takes: two for wide East Asian characters and for emoji, none for a lone mark. */
function columnsOf(segment: string): number {
  if (/^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(segment)) return 0;
  return /^\p{RGI_Emoji}$/v.test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0)!);
}
