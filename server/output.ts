import type { Answer } from "./board.ts";

/** Pieces smaller than this are put together, so that the answers of a batch leave in few writes. */
const CHUNK_SIZE = 65_536;

const encoder = new TextEncoder();

/**
 * Turns answers into what is written to the socket, a chunk at a time, so that no more than one chunk is copied at once however long a listing is.
 *
 * @param answers of one batch, in order
 */
export function* chunks(answers: readonly Answer[]): Generator<Uint8Array> {
  let lines = "";
  for (const answer of answers) {
    if (typeof answer === "string") {
      lines += answer;
      continue;
    }
    yield* joined(lines === "" ? answer : [encoder.encode(lines), ...answer]);
    lines = "";
  }
  if (lines !== "") yield encoder.encode(lines);
}

function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let from = 0, size = 0;
  for (let at = 0; at < pieces.length; at++) {
    if (size > 0 && size + pieces[at].length > CHUNK_SIZE) {
      yield concat(pieces, from, at, size);
      from = at;
      size = 0;
    }
    size += pieces[at].length;
  }
  if (size > 0) yield concat(pieces, from, pieces.length, size);
}

function concat(pieces: readonly Uint8Array[], from: number, to: number, size: number): Uint8Array {
  if (to - from === 1) return pieces[from];
  const chunk = new Uint8Array(size);
  let end = 0;
  for (let at = from; at < to; at++) {
    chunk.set(pieces[at], end);
    end += pieces[at].length;
  }
  return chunk;
}
