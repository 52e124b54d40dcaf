import { bytesOf } from "./bytes.ts";
import type { Random } from "./random.ts";

const OPS = ["mostrar", "adicionar", "deletar", "acompanhar", "Mostrar", "", "__proto__", "constructor"];

/** Pieces that a parser may trip over. */
const PIECES: readonly (string | readonly number[])[] = [
  ..."{}[]:,\"'\\ \n\r\t\0-+.eE0",
  "{}",
  "[]",
  "{{",
  "\\u",
  "\\ud800",
  "\\u0000",
  '"op"',
  '"__proto__":',
  "true",
  "nul",
  "1e400",
  "-0",
  "9007199254740993",
  "1.0",
  "[".repeat(70),
  "//",
  "NaN",
  "\ufeff",
  "\u2028",
  "😀",
  [0xff],
  [0xc3],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
];

/** An id as a client may write it; mostly one of a few, so that they meet. */
function id(random: Random): string {
  return random.below(4) > 0 ? `${random.below(20)}` : random.pick([
    "",
    '""',
    "null",
    '"1"',
    "1.0",
    "1.5",
    "-0",
    "-3",
    "1e2",
    "1e400",
    "9007199254740991",
    "9007199254740992",
    "{}",
    "[1]",
    "true",
  ]);
}

/** Sizes about which limits lie: those of the tests, of what is read before the token, and of buffers. */
const SIZES = [200, 300, 512, 4096];

/** A run of one thing that is about as long as a limit. */
function run(random: Random): string {
  const size = random.pick(SIZES) + random.below(3) - 1;
  return random.pick([
    () => "1".repeat(size),
    () => " ".repeat(size),
    () => `"${"a".repeat(size - 2)}"`,
    () => `"${"a".repeat(size)}`,
    () => "[".repeat(random.below(12)),
    () => `{"op":"deletar","x":"${"x".repeat(Math.max(0, size - 23))}"}`,
    () => `"${"é".repeat(size >> 1)}`,
    () => `"${"\\".repeat(size)}`,
  ])();
}

/** A request by the grammar: members in any order, some missing, some repeated, values of any kind. */
function request(random: Random): string {
  const members = [
    `"op":${JSON.stringify(random.below(10) > 0 ? OPS[random.below(3)] : random.pick(OPS))}`,
    `"id":${id(random) || "0"}`,
    `"data":${
      random.below(8) > 0 ? JSON.stringify(random.pick([random.text(20), "json", ""])) : JSON.stringify(random.json(3))
    }`,
  ];
  const order = random.below(3) > 0 ? [0, 1, 2] : Array.from({ length: random.below(6) }, () => random.below(3));
  const space = random.pick(["", "", " ", "\n "]);
  return `{${order.map((at) => space + members[at]).join(",")}${space}}`;
}

/** A stream of requests, some of it changed at random: bytes put in, taken out, changed, repeated; the end cut off. */
export function stream(random: Random): Uint8Array {
  let bytes: number[] = [];
  for (let left = 1 + random.below(6); left > 0; left--) {
    bytes.push(...bytesOf(text(random)));
    bytes.push(...bytesOf(random.pick(["", "", "\n", " "])));
  }
  for (let left = random.pick([0, 0, 1, 1, 2, 5]); left > 0; left--) bytes = mutate(bytes, random);
  return Uint8Array.from(bytes);
}

function text(random: Random): string {
  const kind = random.below(20);
  return kind > 2 ? request(random) : kind > 0 ? JSON.stringify(random.json(4)) : run(random);
}

function mutate(bytes: number[], random: Random): number[] {
  const at = random.below(bytes.length + 1), end = Math.min(bytes.length, at + random.below(random.pick([2, 10, 100])));
  const before = bytes.slice(0, at), behind = bytes.slice(end);
  switch (random.below(6)) {
    case 0:
      return [...before, ...bytesOf(random.pick(PIECES)), ...bytes.slice(at)];
    case 1:
      return [...before, ...behind];
    case 2:
      return before;
    case 3:
      return [...before, random.below(256), ...bytes.slice(at + 1)];
    case 4:
      return [...bytes.slice(0, end), ...bytes.slice(at)];
    default:
      return [...before, ...bytesOf(random.pick(PIECES)), ...behind];
  }
}

/** The same bytes, cut at random. */
export function cut(bytes: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(random.pick([1, 3, 20, 400]));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
