import { responseLine, Status } from "../protocol/mod.ts";
import type { Answer } from "./board.ts";
import { coalesce } from "./pieces.ts";

/** Pieces smaller than this are put together, so that the answers of a batch leave in few writes. */
const CHUNK_SIZE = 65_536;

/** The most bytes that a character takes (TextEncoder.encodeInto). */
const BYTES_PER_CHARACTER = 3;

/** How many buffers are kept for the next batches. */
const MAX_SPARE = 16;

const encoder = new TextEncoder();

/** The lines that are always the same: a client that asks one thing at a time is answered without encoding anything. */
const CONSTANT = new Map<Answer, Uint8Array>(
  Object.values(Status).map((status) => [responseLine(status), encoder.encode(responseLine(status))]),
);

const spare: Uint8Array[] = [];

/** Where answers go. */
export interface Output {
  /** Writes all of the bytes; one call is awaited before the next. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Writes the answers of a batch, in few writes. Lines are encoded into a buffer that is used again: to make one for each batch took more time than all
 * else that the server does for an answer. Of a listing no more than a chunk is copied at once, however long it is.
 *
 * @param answers of one batch, in order; not empty
 * @param output where they go
 */
export function writeAnswers(answers: readonly Answer[], output: Output): Promise<void> {
  const constant = answers.length === 1 ? CONSTANT.get(answers[0]) : undefined;
  if (constant !== undefined) return output.write(constant);
  let lines = "";
  for (const answer of answers) {
    if (typeof answer !== "string") return writePieces(answers, output);
    lines += answer;
  }
  return lines.length * BYTES_PER_CHARACTER <= CHUNK_SIZE
    ? writeLines(lines, output)
    : output.write(encoder.encode(lines));
}

async function writeLines(lines: string, output: Output): Promise<void> {
  const buffer = spare.pop() ?? new Uint8Array(CHUNK_SIZE);
  await output.write(buffer.subarray(0, encoder.encodeInto(lines, buffer).written));
  if (spare.length < MAX_SPARE) spare.push(buffer);
}

async function writePieces(answers: readonly Answer[], output: Output): Promise<void> {
  const pieces = answers.flatMap((answer) => typeof answer === "string" ? encoder.encode(answer) : answer);
  for (const piece of coalesce(pieces, CHUNK_SIZE)) await output.write(piece);
}
