import { assert, assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { cut, stream } from "../tests/support/fuzz.ts";
import { bytesOf } from "../tests/support/bytes.ts";
import { nextCanonical, readCanonical } from "./canonical.ts";
import { FrameError } from "./errors.ts";
import { Framer } from "./framing.ts";
import { readByTheSchema, type Refusal, type Request } from "./request.ts";

const ROUNDS = 20_000, STREAMS = 5000;
const OPS = ["adicionar", "deletar", "mostrar", "acompanhar", "Adicionar", "apagar", ""];
const IDS = [
  "0",
  "1",
  "-0",
  "-1",
  "01",
  "1.0",
  "1e3",
  "999999999999999",
  "9007199254740993",
  '""',
  '"1"',
  "null",
  " 7",
];
const SOUP = '{}[]",:\\ \t\n\u0000\u007f\u2028\ud800\udfffdataopid0179-.e"';

/** The two ways must agree wherever the short one says anything at all; returns whether it did. */
function agree(text: string): boolean {
  const short = readCanonical(text);
  if (short === undefined) return false;
  try {
    assertEquals(short, readByTheSchema(text), text);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new Error(`The short way takes what is not JSON: ${JSON.stringify(text)}`);
  }
  return true;
}

function request(random: Random): string {
  const gap = () => random.below(20) > 0 ? random.pick([" ", ""]) : random.pick(["  ", "\t"]);
  const id = random.below(2) === 0 ? `${random.below(1000)}` : random.pick(IDS);
  const data = random.pick([JSON.stringify(random.text(8)), '"teste"', '"json"', `"${random.text(8)}"`, '""', "7"]);
  return `{"op":${gap()}"${random.pick(OPS)}",${gap()}"id":${gap()}${id},${gap()}"data":${gap()}${data}}`;
}

function damaged(text: string, random: Random): string {
  const at = random.below(text.length + 1), end = at + random.below(3);
  return text.slice(0, at) + (random.below(2) === 0 ? random.pick([...SOUP]) : "") + text.slice(end);
}

pure("request: what the short way takes, the long way takes as the same request", () => {
  const random = new Random(5);
  let taken = 0, damagedTaken = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const text = request(random);
    if (agree(text)) taken++;
    if (agree(damaged(text, random))) damagedTaken++;
  }
  // neither kind of text was passed over by the short way altogether
  assert(taken > ROUNDS / 20 && damagedTaken > ROUNDS / 50, `${taken} and ${damagedTaken} were taken`);
});

pure("request: the short way takes what the original client sends", () => {
  for (const op of ["adicionar", "deletar", "mostrar"]) {
    assert(agree(`{"op": "${op}", "id": 3, "data": "olá"}`), op);
    assert(agree(`{"op":"${op}","id":3,"data":""}`), op);
  }
});

/** One of those that the short way is for: a chunk with other characters than ASCII is left to the long way as a whole. */
function plain(random: Random): string {
  return `{"op": "${random.pick(OPS.slice(0, 3))}", "id": ${random.pick(["7", "1234567", '""'])}, "data": "a{b}"}`;
}

/** What the requests of a stream are, and why it could not be read any further; with the short way, and without it. */
function requests(chunks: readonly Uint8Array[], maxBytes: number, short: boolean) {
  const framer = new Framer({ maxBytes, maxDepth: 8 }), read: (Request | Refusal)[] = [];
  let taken = 0;
  try {
    for (const chunk of chunks) {
      framer.push(chunk);
      for (;;) {
        const canonical = short ? nextCanonical(framer) : undefined;
        if (canonical !== undefined) taken++;
        const text = canonical === undefined ? framer.next() : undefined;
        if (canonical === undefined && text === undefined) break;
        read.push(canonical ?? readByTheSchema(text!));
      }
    }
    return { read, taken, partial: framer.partial, held: [...framer.held] };
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { read, taken, error: error.message };
  }
}

pure("request: a stream is read alike with the short way and without it, however it is cut", () => {
  const random = new Random(11);
  let taken = 0;
  for (let round = 0; round < STREAMS; round++) {
    const any = random.below(4) === 0 ? request : plain;
    const several = Array.from(
      { length: 1 + random.below(8) },
      () => any(random) + random.pick(["", "\n", " \t\r\n", "{}"]),
    );
    const bytes = random.below(3) === 0 ? stream(random) : bytesOf(several.join(""));
    const chunks = random.below(2) === 0 ? [bytes] : cut(bytes, random), maxBytes = random.pick([20, 45, 60, 1000]);
    const { taken: more, ...short } = requests(chunks, maxBytes, true);
    const { taken: none, ...long } = requests(chunks, maxBytes, false);
    assertEquals(short, long, JSON.stringify(Array.from(bytes)));
    assertEquals(none, 0);
    taken += more;
  }
  assert(taken > STREAMS / 2, `${taken} were taken`);
});
