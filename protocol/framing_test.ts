import { assertEquals } from "@std/assert";
import { bytesOf, cuts } from "../tests/support/bytes.ts";
import { frame, type Framed } from "../tests/support/frame.ts";
import { pure } from "../tests/support/pure.ts";

/** Streams, and the texts that they hold. */
const WHOLE: Record<string, [stream: string, texts: string[]]> = {
  "nothing": ["", []],
  "white space alone": [" \t\r\n ", []],
  "a request": ['{"op": "mostrar"}', ['{"op": "mostrar"}']],
  "a request and a newline": ['{"op": "mostrar"}\n', ['{"op": "mostrar"}']],
  "two requests side by side": ['{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
  "two requests with white space around": [' {"a":1}\r\n\t{"b":2} ', ['{"a":1}', '{"b":2}']],
  "white space inside stays": ['{ "a" :\n1 }', ['{ "a" :\n1 }']],
  "empty brackets": ["{}[][[]]{}", ["{}", "[]", "[[]]", "{}"]],
  "brackets in strings": ['{"}":"]{"}["[", "}{"]', ['{"}":"]{"}', '["[", "}{"]']],
  "escaped quotes": ['{"a":"\\"}"}["\\\\"]"\\\\\\""', ['{"a":"\\"}"}', '["\\\\"]', '"\\\\\\""']],
  "unicode escapes": ['["\\u0022\\u005c\\ud83d\\ude00"]', ['["\\u0022\\u005c\\ud83d\\ude00"]']],
  "characters of 2, 3 and 4 bytes": ['["é漢😀"]"Não"', ['["é漢😀"]', '"Não"']],
  "a byte order mark inside a string": ['"\ufeff"', ['"\ufeff"']],
  "scalars": ['true false null "a" 1 -2.5e+3 ', ["true", "false", "null", '"a"', "1", "-2.5e+3"]],
  "words and strings side by side": ['truefalsenull"a""b"true', ["true", "false", "null", '"a"', '"b"', "true"]],
  "a number before each kind of text": ['1{}2[]3"a"4true5', ["1", "{}", "2", "[]", "3", '"a"', "4", "true", "5"]],
  "a number that the end closes": ["[] 42", ["[]", "42"]],
  "a minus that the end closes, for the parser to refuse": ["-", ["-"]],
  "brackets of the wrong kind, for the parser to refuse": ["{][}", ["{]", "[}"]],
  "a newline outside strings, a control character for the parser to refuse": ["[\u0001]", ["[\u0001]"]],
};

/** Streams that end in something that cannot be read; the texts before it are read. */
const BROKEN: Record<string, [stream: string | number[], framed: Framed]> = {
  "a byte order mark": ["\ufeff{}", { texts: [], error: "not-json" }],
  "a byte order mark between texts": ["{}\ufeff{}", { texts: ["{}"], error: "not-json" }],
  "a stray closing brace": ["{}}{}", { texts: ["{}"], error: "not-json" }],
  "a stray closing bracket": ["]", { texts: [], error: "not-json" }],
  "a comma between texts": ["[],[]", { texts: ["[]"], error: "not-json" }],
  "a word that is none": ["nul1", { texts: [], error: "not-json" }],
  "a word in capitals": ["True", { texts: [], error: "not-json" }],
  "a name": ["[]mostrar", { texts: ["[]"], error: "not-json" }],
  "an apostrophe": ["'a'", { texts: [], error: "not-json" }],
  "an apostrophe inside, whose quote is left open": [`{'"}`, { texts: [], error: "truncated" }],
  "U+0000 between texts": ["{}\0", { texts: ["{}"], error: "not-json" }],
  "white space of Unicode": ["{}\u00a0{}", { texts: ["{}"], error: "not-json" }],
  "a newline in a string": ['{"a":"\n"}', { texts: [], error: "not-json" }],
  "a tab in a string": ['"\t"', { texts: [], error: "not-json" }],
  "U+0000 in a string": ['["\0"]', { texts: [], error: "not-json" }],
  "U+001F in a string, after an escape": ['"\\n\u001f"', { texts: [], error: "not-json" }],
  "a byte that is in no UTF-8": [[0x22, 0xff, 0x22], { texts: [], error: "not-utf8" }],
  "a lone continuation byte": [[0x5b, 0x22, 0x80, 0x22, 0x5d], { texts: [], error: "not-utf8" }],
  "an overlong slash": [[0x22, 0xc0, 0xaf, 0x22], { texts: [], error: "not-utf8" }],
  "a surrogate in UTF-8": [[0x22, 0xed, 0xa0, 0x80, 0x22], { texts: [], error: "not-utf8" }],
  "a character above U+10FFFF": [[0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], { texts: [], error: "not-utf8" }],
  "a character cut off by its quote": [[0x22, 0xf0, 0x9f, 0x98, 0x22], { texts: [], error: "not-utf8" }],
  "a wrong byte outside of strings": [[0x7b, 0x7d, 0x7b, 0xfe, 0x7d], { texts: ["{}"], error: "not-utf8" }],
  "an open brace": ['{}{"op": "mostrar"', { texts: ["{}"], error: "truncated" }],
  "an open string": ['"abc', { texts: [], error: "truncated" }],
  "an open escape": ['"abc\\', { texts: [], error: "truncated" }],
  "half a word": ["[]tru", { texts: ["[]"], error: "truncated" }],
  "half a character": [[0x22, 0xf0, 0x9f], { texts: [], error: "truncated" }],
};

/** Streams of Python literals and JSON mixed, as the client reads them. */
const PYTHON: Record<string, [stream: string, texts: string[]]> = {
  "an answer of the original server": [
    "{'status': 201, 'message': 'Mensagem criada', 'data': ''}",
    ["{'status': 201, 'message': 'Mensagem criada', 'data': ''}"],
  ],
  "apostrophes in quotes and quotes in apostrophes": [
    `{'a': "it's"}{'b': '"}'}{"c": "'{"}`,
    [`{'a': "it's"}`, `{'b': '"}'}`, `{"c": "'{"}`],
  ],
  "escapes": [`{'a': '\\'}'}\n{"b": "\\"}"}`, [`{'a': '\\'}'}`, `{"b": "\\"}"}`]],
};

function each<T>(table: Record<string, [string | number[], T]>, expected: (value: T) => Framed, pythonStrings = false) {
  for (const [name, [stream, value]] of Object.entries(table)) {
    pure(`framing: ${name}`, () => {
      for (const chunks of cuts(bytesOf(stream))) assertEquals(frame(chunks, { pythonStrings }), expected(value));
    });
  }
}

each(WHOLE, (texts) => ({ texts }));
each(BROKEN, (framed) => framed);
each(PYTHON, (texts) => ({ texts }), true);

pure("framing: JSON is read the same with Python strings allowed", () => {
  for (const [stream, texts] of Object.values(WHOLE)) {
    assertEquals(frame([bytesOf(stream)], { pythonStrings: true }), { texts });
  }
});

pure("framing: two streams in one chunk give the texts of both", () => {
  for (const [first, firstTexts] of Object.values(WHOLE)) {
    for (const [second, secondTexts] of Object.values(WHOLE)) {
      // a number would go on in the next stream
      const stream = bytesOf(`${first} ${second}`);
      assertEquals(frame([stream]), { texts: [...firstTexts, ...secondTexts] });
    }
  }
});
