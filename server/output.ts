import { responseLine, Status } from "../protocol/mod.ts";
import type { Answer } from "./board.ts";
import { coalesce } from "./pieces.ts";

/** Pieces of fewer bytes are joined, so that the answers of a batch leave in few writes. */
const CHUNK_SIZE = 65_536;

/** How many copies of a constant line are kept in a row. */
const RUN_LENGTH = 512;

const encoder = new TextEncoder();

/** The constant lines, encoded: one of each, and many in a row once they have been needed. */
const LINES = new Map<Answer, Uint8Array>(
  Object.values(Status).map((status) => [responseLine(status), encoder.encode(responseLine(status))]),
);
const RUNS = new Map<Answer, Uint8Array>();

/**
 * The answers of a batch as bytes, in pieces that are best written one by one. Most batches repeat one constant line, which costs
 * neither a copy nor a buffer; of a listing at most a chunk is copied, however long it is.
 *
 * @param answers of one batch, in order; not empty
 */
export function encodeAnswers(answers: readonly Answer[]): readonly Uint8Array[] {
  const line = LINES.get(answers[0]);
  if (line !== undefined && answers.length === 1) return [line];
  if (line !== undefined && answers.length <= RUN_LENGTH && answers.every((answer) => answer === answers[0])) {
    return [runOf(answers[0], line).subarray(0, answers.length * line.length)];
  }
  let lines = "";
  for (const answer of answers) {
    if (typeof answer !== "string") return encodePieces(answers);
    lines += answer;
  }
  return [encoder.encode(lines)];
}

function runOf(answer: Answer, line: Uint8Array): Uint8Array {
  let run = RUNS.get(answer);
  if (run === undefined) {
    run = new Uint8Array(RUN_LENGTH * line.length);
    for (let at = 0; at < run.length; at += line.length) run.set(line, at);
    RUNS.set(answer, run);
  }
  return run;
}

function encodePieces(answers: readonly Answer[]): Uint8Array[] {
  // a loop, because `flatMap` takes 3 µs for a single listing
  const pieces: Uint8Array[] = [];
  for (const answer of answers) {
    if (typeof answer === "string") pieces.push(encoder.encode(answer));
    else pieces.push(...answer.pieces);
  }
  return coalesce(pieces, CHUNK_SIZE);
}
