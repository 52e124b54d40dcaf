import { assert, assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { readCanonical } from "./canonical.ts";
import { FrameError } from "./errors.ts";
import { readByTheSchema } from "./request.ts";

const ROUNDS = 20_000;
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
