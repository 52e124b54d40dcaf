import { assert, assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { cut, stream } from "../tests/support/fuzz.ts";
import { bytesOf } from "../tests/support/bytes.ts";
import { comparable } from "../tests/support/comparable.ts";
import { readBothWays } from "../tests/support/both_ways.ts";
import { nextCanonical } from "./canonical.ts";
import { FrameError } from "./errors.ts";
import { Framer } from "./framing.ts";
import { readRequest } from "./request.ts";

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
  const framer = new Framer({ maxBytes: 1000, maxDepth: 8 });
  framer.push(bytesOf(text));
  const short = nextCanonical(framer);
  if (short === undefined) return false;
  const rest = framer.held.length, taken = bytesOf(text).subarray(0, bytesOf(text).length - rest);
  try {
    assertEquals(comparable(short), comparable(readRequest(new TextDecoder().decode(taken))), text);
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

/** What takes one to four bytes each, and what is of two characters; of these a text is made. */
const LETTERS = [
  "a",
  "{",
  "}",
  " ",
  "é",
  "ã",
  "\u00a0",
  "\u07ff",
  "\u0800",
  "漢",
  "\ufeff",
  "\ufffd",
  "\uffff",
  "😀",
  "\u{10ffff}",
  "e\u0301",
];

/** What is not UTF-8: no character, half of one, one that is longer than it must be, a surrogate, one behind the last. */
const WRONG = [[0xff], [0x80], [0xc3], [0xf0, 0x9f, 0x98], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]];

/** One of those that the short way is for. */
function plain(random: Random): string {
  const letters = random.below(2) === 0 ? ["a", "{", "}"] : LETTERS;
  const data = Array.from({ length: random.below(8) }, () => random.pick(letters)).join("");
  return `{"op": "${random.pick(OPS.slice(0, 3))}", "id": ${random.pick(["7", "1234567", '""'])}, "data": "${data}"}`;
}

/** Puts what is not UTF-8 somewhere. */
function spoilt(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return Uint8Array.of(...bytes.subarray(0, at), ...random.pick(WRONG), ...bytes.subarray(at));
}

pure("request: a stream is read alike with the short way and without it, however it is cut", () => {
  const random = new Random(11);
  let taken = 0, spoiltTaken = 0;
  for (let round = 0; round < STREAMS; round++) {
    const any = random.below(4) === 0 ? request : plain;
    const several = Array.from(
      { length: 1 + random.below(8) },
      () => any(random) + (random.below(50) > 0 ? random.pick(["", "\n", " \t\r\n", "{}"]) : "é"),
    );
    const right = random.below(3) === 0 ? stream(random) : bytesOf(several.join("")), isSpoilt = random.below(4) === 0;
    const bytes = isSpoilt ? spoilt(right, random) : right;
    const chunks = random.below(2) === 0 ? [bytes] : cut(bytes, random);
    const { taken: more } = readBothWays(
      chunks,
      { maxBytes: random.pick([20, 45, 60, 80, 1000, 1000]), maxDepth: 8 },
      random,
    );
    taken += more;
    if (isSpoilt) spoiltTaken += more;
  }
  assert(taken > STREAMS / 2 && spoiltTaken > STREAMS / 200, `${taken} and ${spoiltTaken} were taken`);
});

pure("request: the short way takes every letter, alone and behind half a request", () => {
  for (const letter of LETTERS) {
    const whole = bytesOf(`{"op": "adicionar", "id": 1, "data": "${letter}"}`.repeat(3)), size = whole.length / 3;
    const read = (...chunks: Uint8Array[]) =>
      readBothWays(chunks, { maxBytes: 1000, maxDepth: 8 }, new Random(1)).taken;
    assertEquals(read(whole), 3, letter);
    // the last one is cut at each byte, also within the letter
    for (let at = 1; at < size; at++) {
      assertEquals(read(whole.subarray(0, 2 * size + at), whole.subarray(2 * size + at)), 2, letter);
      assertEquals(read(whole.subarray(0, at), whole.subarray(at)), 2, letter);
    }
  }
});

pure("request: the limit counts bytes and not characters in the short way, too", () => {
  for (const letter of LETTERS) {
    const text = `{"op": "adicionar", "id": 1, "data": "${letter.repeat(40)}"}`, bytes = bytesOf(text);
    for (let maxBytes = text.length - 1; maxBytes <= 3 * text.length + 1; maxBytes++) {
      const { read, error } = readBothWays([bytes], { maxBytes, maxDepth: 8 }, new Random(1));
      assertEquals(read.length, bytes.length <= maxBytes ? 1 : 0);
      assertEquals(error, bytes.length <= maxBytes ? undefined : `Request is larger than ${maxBytes} bytes`);
    }
  }
});

pure("request: what is not UTF-8 is not for the short way, wherever it stands in a text", () => {
  for (const wrong of WRONG) {
    for (const [before, behind] of [["", ""], ["a", ""], ["", "a"], ["é", "é"], ["", "\u0080"], ["😀", "漢"]]) {
      const bytes = [
        ...bytesOf(`{"op": "adicionar", "id": 1, "data": "${before}`),
        ...wrong,
        ...bytesOf(`${behind}"}`),
      ];
      const { read, error } = readBothWays([Uint8Array.from(bytes)], { maxBytes: 1000, maxDepth: 8 }, new Random(1));
      assertEquals([read, error], [[], "Request is not UTF-8"], `${wrong}`);
    }
  }
});
