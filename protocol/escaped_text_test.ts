import { assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { EscapedText } from "./escaped_text.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const TEXTS = ["", "a", "é", "😀", '"', "\\", "\\\\n", "/", "\0\u001f\u007f\u2028\ufeff\uffff", "a\nb", "\u{10ffff}"];

pure("escaped text: it is what JSON has between the quotes, and comes back", () => {
  const random = new Random(3);
  for (const text of [...TEXTS, ...Array.from({ length: 2000 }, () => random.text(20))]) {
    const escaped = EscapedText.of(text);
    assertEquals(`${escaped}`, text);
    assertEquals(`"${decoder.decode(escaped.bytes.slice(escaped.from, escaped.to))}"`, JSON.stringify(text));
  }
});

pure("escaped text: it is copied from where it lies to where it is to be, and nothing else is", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length: length + 5 }, (_, at) => 0x21 + at % 90);
    const text = new EscapedText(bytes, 3, 3 + length), target = new Uint8Array(length + 9).fill(0xff);
    text.copyTo(target, 7);
    assertEquals([...target], [...new Array(7).fill(0xff), ...bytes.subarray(3, 3 + length), 0xff, 0xff]);
    assertEquals(text.length, length);
  }
});
