import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytesOf, cuts } from "../tests/support/bytes.ts";
import { frame } from "../tests/support/frame.ts";
import { pure } from "../tests/support/pure.ts";
import { FrameError, isOverLimit } from "./errors.ts";
import { Framer } from "./framing.ts";

pure("framing: a text one byte below and at the limit is read, one over is too large", () => {
  for (const text of ['{"a": "bcdefg"}', '["漢字", "bcde"]', '"abcdefghijklm"', "[                 ]"]) {
    const bytes = bytesOf(text), size = bytes.length;
    for (const chunks of cuts(bytes)) {
      assertEquals(frame(chunks, { maxBytes: size + 1 }), { texts: [text] });
      assertEquals(frame(chunks, { maxBytes: size }), { texts: [text] });
      assertEquals(frame(chunks, { maxBytes: size - 1 }), { texts: [], error: "too-large" });
    }
  }
});

pure("framing: what is over a limit says so, and nothing else does", () => {
  for (const [text, over] of [["[1234567]", true], ["[[[]]]", true], ["]", false], ['"\xff', false]] as const) {
    const framer = new Framer({ maxBytes: 8, maxDepth: 2 });
    framer.push(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    const { message } = assertThrows(() => framer.next() ?? framer.end(), FrameError);
    assertEquals(isOverLimit(message), over, message);
  }
});

pure("framing: a word at the limit is read, one over is too large", () => {
  for (const chunks of cuts(bytesOf("false"))) {
    assertEquals(frame(chunks, { maxBytes: 5 }), { texts: ["false"] });
    assertEquals(frame(chunks, { maxBytes: 4 }), { texts: [], error: "too-large" });
  }
});

pure("framing: a number without an end is too large", () => {
  for (const chunks of cuts(bytesOf("1234567890"))) {
    assertEquals(frame(chunks, { maxBytes: 8 }), { texts: [], error: "too-large" });
  }
});

pure("framing: a number at the limit is read, one over is too large", () => {
  for (const stream of ["12345678", "12345678 ", "12345678{}"]) {
    const texts = stream.endsWith("}") ? ["12345678", "{}"] : ["12345678"];
    for (const chunks of cuts(bytesOf(stream))) {
      assertEquals(frame(chunks, { maxBytes: 9 }), { texts });
      assertEquals(frame(chunks, { maxBytes: 8 }), { texts });
      assertEquals(frame(chunks, { maxBytes: 7 }), { texts: [], error: "too-large" });
    }
  }
});

pure("framing: the limit is for each text, and white space between them is free", () => {
  const stream = `${" ".repeat(50)}{"a":1}${"\n".repeat(50)}{"b":2}${" ".repeat(50)}`;
  for (const chunks of cuts(bytesOf(stream))) {
    assertEquals(frame(chunks, { maxBytes: 7 }), { texts: ['{"a":1}', '{"b":2}'] });
  }
});

pure("framing: texts before one that is too large are read", () => {
  for (const chunks of cuts(bytesOf('{"a":1}{"b":22}'))) {
    assertEquals(frame(chunks, { maxBytes: 7 }), { texts: ['{"a":1}'], error: "too-large" });
  }
});

pure("framing: nesting one below and at the limit is read, one over is too deep", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"], ['[{"a":', "}]"]]) {
    const levels = open.length === 6 ? 2 : 1;
    for (const depth of [2, 4, 6]) {
      const text = open.repeat(depth / levels) + "1" + close.repeat(depth / levels);
      for (const chunks of cuts(bytesOf(text))) {
        assertEquals(frame(chunks, { maxDepth: depth + 1 }), { texts: [text] });
        assertEquals(frame(chunks, { maxDepth: depth }), { texts: [text] });
        assertEquals(frame(chunks, { maxDepth: depth - 1 }), { texts: [], error: "too-deep" });
      }
    }
  }
});

pure("framing: brackets side by side and in strings are not depth", () => {
  const text = `[${"[],".repeat(20)}"${"[{".repeat(20)}"]`;
  for (const chunks of cuts(bytesOf(text))) assertEquals(frame(chunks, { maxDepth: 2 }), { texts: [text] });
});

pure("framing: what is too deep or too large is refused before its end has come", () => {
  for (
    const [start, code] of [["[[[[", "too-deep"], [`"${"a".repeat(99)}`, "too-large"], ["[".padEnd(100), "too-large"]]
  ) {
    const framer = new Framer({ maxBytes: 100, maxDepth: 3 });
    framer.push(bytesOf(start));
    assertEquals(assertThrows(() => framer.next(), FrameError).code, code);
  }
});

pure("framing: no more is held than the limit and one chunk, and nothing once a text is read", () => {
  const maxBytes = 1_048_576, chunk = 4096;
  const framer = new Framer({ maxBytes, maxDepth: 64 });
  const text = bytesOf(`"${"a".repeat(maxBytes - 2)}"`);
  for (let at = 0; at < text.length; at += chunk) {
    assertEquals(framer.partial, at > 0);
    assertEquals(framer.held.length, at);
    framer.push(text.slice(at, at + chunk));
    assert(framer.held.buffer.byteLength <= maxBytes + chunk);
    if (at + chunk < text.length) assertEquals(framer.next(), undefined);
  }
  assertEquals(framer.next()?.length, maxBytes);
  assertEquals(framer.next(), undefined);
  assertEquals([framer.partial, framer.held.buffer.byteLength], [false, 0]);
});

pure("framing: a large buffer is not kept for a few bytes of the next text", () => {
  const framer = new Framer({ maxBytes: 1_048_576, maxDepth: 64 });
  framer.push(bytesOf(`"${"a".repeat(500_000)}`));
  assertEquals(framer.next(), undefined);
  framer.push(bytesOf('"{"op'));
  assertEquals(framer.next()?.length, 500_002);
  assertEquals(framer.next(), undefined);
  assertEquals(framer.held, bytesOf('{"op'));
  framer.push(bytesOf('": 1}'));
  assertEquals(framer.next(), '{"op": 1}');
  assertEquals(framer.next(), undefined);
  assertEquals(framer.held.buffer.byteLength, 0);
});
