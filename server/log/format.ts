import type { Status } from "../../protocol/mod.ts";
import type { Level, RefusalDetail } from "./log.ts";

/** The forms of a line: for a person, or one JSON object. */
export const FORMS = ["text", "json"] as const;

/** One of {@linkcode FORMS}. */
export type LogForm = typeof FORMS[number];

/** One event, with everything that its line says. */
export interface Entry extends Omit<RefusalDetail, "level"> {
  /** How severe it is. */
  level: Level;
  /** What happened. */
  message: string;
  /** The status of a refusal. */
  status?: Status;
}

/** The most characters of a line, so that a queue of lines is bounded in memory. */
const MAX_LENGTH = 4096;

/** Control, format, unassigned and private characters, and line ends: what could move a terminal's cursor or forge a second line. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const PREFIXES: Record<Level, string> = { error: "Error: ", warn: "Warning: ", info: "", debug: "Debug: " };

/**
 * An event as a line, without its newline. Text has no time, because whatever collects it (journald, a container's log) adds its own.
 *
 * @param time in milliseconds since 1970, for JSON
 */
export function formatEntry(form: LogForm, entry: Entry, time: number): string {
  return form === "text" ? formatText(entry) : formatJson(entry, time);
}

function formatText({ level, message, status, client, sample }: Entry): string {
  const refused = status === undefined ? "" : `Refused with ${status}: `;
  const from = client === undefined ? "" : `; client ${client}`;
  const quoted = sample === undefined ? "" : `; it begins ${sample}`;
  // a refusal says so itself; that it is a warning adds nothing
  const prefix = status !== undefined && level !== "error" ? "" : PREFIXES[level];
  return `${prefix}${refused}${message}${from}${quoted}`.slice(0, MAX_LENGTH).replace(UNSAFE, visible);
}

function formatJson({ level, message, ...rest }: Entry, time: number): string {
  const entry = { time: new Date(time).toISOString(), level, message: message.slice(0, MAX_LENGTH), ...rest };
  return JSON.stringify(entry).replace(UNSAFE, escaped);
}

function visible(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function escaped(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
