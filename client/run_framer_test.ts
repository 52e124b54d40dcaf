import { assert, assertEquals } from "@std/assert";
import { FrameError } from "../protocol/mod.ts";
import { bytesOf, cuts } from "../tests/support/bytes.ts";
import { frame } from "../tests/support/frame.ts";
import { cut } from "../tests/support/fuzz.ts";
import { ACCEPTED, FREE_ACCEPTED, FREE_REJECTED, REJECTED } from "../tests/support/json_cases.ts";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { FLAT_OBJECT } from "./flat_object.ts";
import { RunFramer } from "./run_framer.ts";

const OPTIONS = { maxBytes: 1_048_576, maxDepth: 64, subject: "Text", kinds: () => [FLAT_OBJECT], close: 0x7d };

/** What a framer of flat objects makes of a stream: the texts, how many came as plain, and what went wrong. */
function read(chunks: readonly Uint8Array[], random?: Random) {
  const framer = new RunFramer(OPTIONS), texts: string[] = [];
  const buffer = new Uint8Array(Math.max(...chunks.map(({ length }) => length), 0));
  let plain = 0;
  try {
    for (const chunk of chunks) {
      buffer.fill(0x78);
      buffer.set(chunk);
      framer.push(buffer.subarray(0, chunk.length));
      for (;;) {
        const most = random === undefined ? Infinity : 1 + random.below(4), run = framer.next(most);
        if (run === undefined) break;
        assert(run.count >= 1 && run.count <= most);
        if (run.kind === undefined) assertEquals(run.count, 1);
        else plain += run.count;
        const inRun = run.kind === undefined ? [run.text] : frame([bytesOf(run.text)], OPTIONS).texts;
        assertEquals(inRun.length, run.count);
        texts.push(...inRun);
      }
    }
    const last = framer.end();
    if (last !== undefined) texts.push(last);
    return { texts, plain };
  } catch (error) {
    if (error instanceof FrameError) return { texts, plain, error: error.code, place: framer.placeOf("") };
    throw error;
  }
}

/** One text of a stream, and what stands behind it. */
function piece(random: Random): string {
  const value = random.pick([
    () => ({ op: random.text(9), id: random.below(99), data: random.text(40) }),
    () => ({ op: "adicionar", data: 'é"\\}{\n' }),
    () => random.json(3),
  ])();
  const closed = typeof value === "object" && value !== null ? value : [value];
  return JSON.stringify(closed, undefined, random.pick([0, 0, 1])) + random.pick(["", " ", "\r\n", "\n\n"]);
}

pure("runs: random texts on random cuts are what the framer alone makes of them", () => {
  const random = new Random(20_261_124);
  let plain = 0;
  for (let round = 0; round < 300; round++) {
    const stream = bytesOf(Array.from({ length: random.below(20) }, () => piece(random)).join(""));
    const runs = read(cut(stream, random), random);
    assertEquals(runs.texts, frame([stream]).texts);
    plain += runs.plain;
  }
  assert(plain > 500, "hardly any text was plain");
});

pure("runs: a stream that is spoilt at random fails where the framer alone does, and says where that is", () => {
  const random = new Random(5);
  for (let round = 0; round < 500; round++) {
    const stream = bytesOf(Array.from({ length: 1 + random.below(6) }, () => piece(random)).join(""));
    stream[random.below(stream.length)] = random.pick([
      0x00,
      0x22,
      0x7d,
      0x7b,
      0x5c,
      0x78,
      0xff,
      0xc3,
      0x80,
      0xed,
      0xf0,
      0xf4,
    ]);
    const runs = read(cut(stream, random), random), framed = frame([stream], OPTIONS);
    // where two texts run into one, one of the two may see the whole before it sees what is wrong with it
    assertEquals([runs.texts, runs.error], [framed.texts, framed.error]);
    if (runs.place === undefined) continue;
    const before = new TextDecoder().decode(stream.subarray(0, runs.place.byte - 1));
    assertEquals(runs.place.line, before.split("\n").length);
    assertEquals(frame([bytesOf(stream.subarray(0, runs.place.byte - 1))]).texts, runs.texts);
  }
});

pure("runs: the place is told in lines and bytes, behind plain texts and others", () => {
  const stream = '{"é": 1}\n[\n2]\n {"a": "é"}\n\n x';
  for (const chunks of cuts(bytesOf(stream))) {
    assertEquals(read(chunks).place, { line: 6, byte: bytesOf(stream).length });
  }
});

pure("runs: a text that was returned is found where it began, whatever stands behind it", () => {
  const texts = ["{oops}", "[\n1]", "1-2", '"é"', "{}"], stream = ` \n${texts.join("\r\n\n \t\n")}\n\n`;
  const expected = texts.map((text) => {
    const before = stream.slice(0, stream.indexOf(text));
    return { text, line: before.split("\n").length, byte: bytesOf(before).length + 1 };
  });
  for (const chunks of cuts(bytesOf(stream))) {
    const framer = new RunFramer(OPTIONS), places: typeof expected = [];
    for (const chunk of chunks) {
      framer.push(chunk);
      for (let run = framer.next(0); run !== undefined; run = framer.next(0)) {
        places.push({ text: run.text, ...framer.placeOf(run.text) });
      }
    }
    assertEquals(places, expected);
  }
});

pure("runs: as many are given out as are asked for, and the rest the next time", () => {
  const framer = new RunFramer(OPTIONS);
  framer.push(bytesOf('{"a":1} {"b":2}{"c":3}\n[]{"d":4}'));
  assertEquals(framer.next(2), { text: '{"a":1} {"b":2}', count: 2, kind: 0 });
  assertEquals(framer.next(2), { text: '{"c":3}', count: 1, kind: 0 });
  assertEquals(framer.next(2), { text: "[]", count: 1, kind: undefined });
  assertEquals(framer.next(2), { text: '{"d":4}', count: 1, kind: undefined });
  assertEquals([framer.next(2), framer.partial], [undefined, false]);
});

pure("flat objects: what the expression takes is JSON, to its last byte", () => {
  const random = new Random(7);
  const values = [
    "",
    '"',
    '"a"',
    '"\\u00e9\\n"',
    '"\\x"',
    '"\\u12"',
    "0",
    "-0",
    "01",
    "1.",
    "1.5e+3",
    "true",
    "nul",
    "[]",
  ];
  const space = ["", "", " ", "\t\n", "\u00a0"], colons = [":", ":", " : ", ""], commas = [",", ",", " ,\n", ",,", ""];
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const members = Array.from(
      { length: random.below(4) },
      () => random.pick(['"op"', '"op"', '"é\\""', "op", '"']) + random.pick(colons) + random.pick(values),
    );
    const text = `${random.pick(space)}{${random.pick(space)}${members.join(random.pick(commas))}${
      random.pick(space)
    }}`;
    FLAT_OBJECT.lastIndex = 0;
    if (!FLAT_OBJECT.test(text)) continue;
    assertEquals(FLAT_OBJECT.lastIndex, text.length, text);
    JSON.parse(text);
    taken++;
  }
  assert(taken > 2000, `only ${taken} were taken`);
});

pure("flat objects: nothing that JSON rejects is taken", () => {
  for (const rejected of [...REJECTED, ...FREE_REJECTED, ...ACCEPTED, ...FREE_ACCEPTED]) {
    for (const wrap of [(text: string) => text, (text: string) => `{"a":${text}}`, (text: string) => `{${text}:1}`]) {
      const text = wrap(new TextDecoder().decode(bytesOf(rejected)));
      FLAT_OBJECT.lastIndex = 0;
      if (FLAT_OBJECT.test(text) && FLAT_OBJECT.lastIndex === text.length) JSON.parse(text);
    }
  }
});

pure("flat objects: the largest string that a chunk holds is taken, and one without an end costs no more", () => {
  for (const inside of ["x".repeat(262_100), "\\n".repeat(131_050), "é\\u00e9".repeat(32_000)]) {
    for (const [text, taken] of [[`{"a":"${inside}"}`, true], [`{"a":"${inside}`, false]] as [string, boolean][]) {
      FLAT_OBJECT.lastIndex = 0;
      assertEquals(FLAT_OBJECT.test(text), taken);
    }
  }
});
