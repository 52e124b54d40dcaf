import { assertEquals, assertRejects } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { AnswerError } from "./errors.ts";
import { EscapedText } from "./escaped_text.ts";
import {
  AROUND_PLAIN_TEXT,
  formatMessage,
  LISTING_FRAME,
  type Message,
  readListing,
  writePlainMessage,
} from "./listing.ts";
import type { ListingForm } from "./request.ts";
import { escapeData } from "./response.ts";

/** Texts, and how Python writes them. */
const REPRS: [text: string, repr: string][] = [
  ["", "''"],
  ["abc", "'abc'"],
  ["it's", `"it's"`],
  ['say "a"', `'say "a"'`],
  [`it's "a"`, `'it\\'s "a"'`],
  ["'", `"'"`],
  ["\\", "'\\\\'"],
  ["\\n", "'\\\\n'"],
  ["it's \\ \n", `"it's \\\\ \\n"`],
  ["\n\r\t", "'\\n\\r\\t'"],
  ["\0\x07\b\v\f\x1b\x1f\x7f", "'\\x00\\x07\\x08\\x0b\\x0c\\x1b\\x1f\\x7f'"],
  ["\x80\x9f\xa0\xad", "'\\x80\\x9f\\xa0\\xad'"],
  [" ~¡ÿ", "' ~¡ÿ'"],
  ["ação 漢字 한글 😀", "'ação 漢字 한글 😀'"],
  ["e\u0301", "'e\u0301'"],
  ["\u0378\u200b\u2028\u2029\u3000\ufeff\uffff", "'\\u0378\\u200b\\u2028\\u2029\\u3000\\ufeff\\uffff'"],
  ["\ue000\uf8ff", "'\\ue000\\uf8ff'"],
  ["\u{1f3f3}\ufe0f\u200d\u{1f308}", "'\u{1f3f3}\ufe0f\\u200d\u{1f308}'"],
  ["\u{e0001}\u{f0000}\u{10ffff}", "'\\U000e0001\\U000f0000\\U0010ffff'"],
];

for (const [mensagem, repr] of REPRS) {
  pure(`listing: ${JSON.stringify(mensagem)} is written as Python writes it`, async () => {
    assertEquals(formatMessage({ id: 1, mensagem }, "python"), `{'id': 1, 'mensagem': ${repr}}`);
    assertEquals(await readListing(`{'id': 1, 'mensagem': ${repr}}`), [{ id: 1, mensagem }]);
  });
}

pure("listing: a message in JSON, byte for byte", () => {
  assertEquals(
    formatMessage({ id: -7, mensagem: 'it\'s "é"\n\0' }, "json"),
    '{"id":-7,"mensagem":"it\'s \\"é\\"\\n\\u0000"}',
  );
});

function listing(messages: Message[], form: ListingForm): string {
  const { open, separator, close } = LISTING_FRAME[form];
  return open + messages.map((message) => formatMessage(message, form)).join(separator) + close;
}

pure("listing: the frame of both forms, byte for byte", () => {
  const messages = [{ id: 1, mensagem: "abc" }, { id: 2, mensagem: "fgh" }];
  assertEquals(listing([], "python"), "");
  assertEquals(listing([], "json"), "[]");
  assertEquals(listing(messages, "python"), "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}");
  assertEquals(listing(messages, "json"), '[{"id":1,"mensagem":"abc"},{"id":2,"mensagem":"fgh"}]');
});

for (const form of ["python", "json"] as const) {
  pure(`listing: random messages are read back from ${form}`, async () => {
    const random = new Random(5000);
    const messages = Array.from({ length: 2000 }, () => ({
      id: random.pick([random.below(1e6), -random.below(1e6), Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]),
      mensagem: random.text(20),
    }));
    assertEquals(await readListing(listing(messages, form)), messages);
  });
}

/** What the short way writes, between bytes that it must leave alone. */
function shortWay({ id, mensagem }: Message, form: ListingForm): string | undefined {
  const text = EscapedText.of(mensagem), target = new Uint8Array(text.length + AROUND_PLAIN_TEXT + 2).fill(0x2e);
  const end = writePlainMessage(target, 1, id, text, form);
  assertEquals([target[0], target.at(-1)], [0x2e, 0x2e]);
  return end === undefined ? undefined : new TextDecoder().decode(target.subarray(1, end));
}

function longWay(message: Message, form: ListingForm): string {
  return escapeData(formatMessage(message, form) + LISTING_FRAME[form].separator);
}

for (const form of ["python", "json"] as const) {
  pure(`listing: what the short way writes in ${form}, the long way writes, too`, () => {
    const random = new Random(77), max = Number.MAX_SAFE_INTEGER;
    const texts = [...REPRS.map(([text]) => text), ...Array.from({ length: 2000 }, () => random.text(20))];
    for (let code = 0; code < 0x180; code++) texts.push(String.fromCharCode(code), `a${String.fromCharCode(code)}b`);
    for (const mensagem of texts) {
      const message = { id: random.pick([0, 7, -1, max, -max, random.below(1e6)]), mensagem };
      const short = shortWay(message, form), isPlain = /^[ !#-&(-[\]-~]*$/.test(mensagem);
      assertEquals(short, isPlain ? longWay(message, form) : undefined, JSON.stringify(message));
    }
  });
}

/** Literals as Python takes them, which `repr` does not write so. */
const LITERALS: [listing: string, messages: Message[]][] = [
  ["", []],
  [" \n", []],
  ["[]", []],
  [` { 'mensagem' : "a" , 'id' : -0012 } , {"id":2,"mensagem":"b"}\n`, [
    { id: -12, mensagem: "a" },
    { id: 2, mensagem: "b" },
  ]],
  [`{'id': 1, 'mensagem': '\\a\\b\\f\\v\\'\\"\\\\'}`, [{ id: 1, mensagem: "\x07\b\f\v'\"\\" }]],
  [`{'id': 1, 'mensagem': '\\0\\101\\1018\\777'}`, [{ id: 1, mensagem: "\0AA8\u01ff" }]],
  [`{'id': 1, 'mensagem': '\\x41f\\u00e9e\\U0001F600a'}`, [{ id: 1, mensagem: "Afée😀a" }]],
  [`{'id': 1, 'mensagem': 'a\\\nb\\q'}`, [{ id: 1, mensagem: "ab\\q" }]],
  [`{'id': 1, 'mensagem': 'a', 'id': 2}`, [{ id: 2, mensagem: "a" }]],
];

for (const [text, messages] of LITERALS) {
  pure(`listing: ${JSON.stringify(text)} is read`, async () => assertEquals(await readListing(text), messages));
}

const MALFORMED = [
  "{",
  "}",
  "{'id'",
  "{'id': ",
  "{'id': 1",
  "{'id': 1, ",
  "{'id': 1 'mensagem': 'a'}",
  "{'id': 1, 'mensagem': 'a",
  "{'id': 1, 'mensagem': 'a\\",
  "{'id': 1, 'mensagem': 'a\\'}",
  `{'id': 1, 'mensagem': 'a"}`,
  "{'id': 1, 'mensagem': '\\x4'}",
  "{'id': 1, 'mensagem': '\\xg0'}",
  "{'id': 1, 'mensagem': '\\u123'}",
  "{'id': 1, 'mensagem': '\\U0011ffff'}",
  "{'id': 1, 'mensagem': 'a'} {'id': 2, 'mensagem': 'b'}",
  "{'id': 1, 'mensagem': 'a'},",
  ",{'id': 1, 'mensagem': 'a'}",
  "{'id': 1, 'mensagem': 'a'}]",
  "{'id': 1}",
  "{'mensagem': 'a'}",
  "{}",
  "{'id': '1', 'mensagem': 'a'}",
  "{'id': 1, 'mensagem': 2}",
  "{'id': 1.5, 'mensagem': 'a'}",
  "{'id': -, 'mensagem': 'a'}",
  "{'id': 9007199254740993, 'mensagem': 'a'}",
  "{'id': 1, 'mensagem': None}",
  "{'id': 1, 'mensagem': b'a'}",
  "{1: 'id'}",
  "{'__proto__': 1, 'mensagem': 'a'}",
  "abc",
  "[",
  "[1]",
  '[{"id":1}]',
  '[{"id":1.5,"mensagem":"a"}]',
  '[{"id":1,"mensagem":"a"}',
  "[{'id': 1, 'mensagem': 'a'}]",
];

for (const text of MALFORMED) {
  pure(`listing: ${JSON.stringify(text)} is none`, async () => {
    await assertRejects(() => readListing(text), AnswerError);
  });
}
