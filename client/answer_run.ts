import { responseStart, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";

/** Answers in a row, all with one status: each a line exactly as this server writes it, without an escape in its `data`. */
export interface AnswerRun {
  /** The status of all of them. */
  status: Status;
  /** How many there are. */
  count: number;
  /** Their lines, each with its newline. */
  text: string;
}

/** The statuses that come by the thousand; a listing, or what ends a connection, is read by itself. */
const STATUSES = [Status.Added, Status.Deleted, Status.NotAdded, Status.NoSuchId, Status.NotDeleted] as const;

let lines: readonly RegExp[] | undefined;

/** Expressions for the lines of a run, one for each status, made when they are first needed. A test shows that the long way reads the same answers. */
export function answerLines(): readonly RegExp[] {
  return lines ??= STATUSES.map((status) =>
    new RegExp(`${responseStart(status).replaceAll(/[{}]/g, "\\$&")}[^"\\\\\\x00-\\x1f]*"\\}\\n`, "y")
  );
}

/**
 * A run of answers.
 *
 * @param kind which of {@linkcode answerLines} they match
 * @param count how many there are
 * @param text their lines
 */
export function runOf(kind: number, count: number, text: string): AnswerRun {
  return { status: STATUSES[kind], count, text };
}

/** The answers in a run. */
export function answersIn({ status, text }: AnswerRun): Answer[] {
  const start = responseStart(status);
  const message = JSON.parse(`${start}"}`).message;
  return text.split("\n").slice(0, -1).map((line) => ({
    status,
    message,
    data: line.slice(start.length, -2),
    text: line,
  }));
}
