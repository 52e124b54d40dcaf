import { assert, assertEquals, assertThrows } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { EscapedText } from "./escaped_text.ts";
import { FrameError } from "./errors.ts";
import { readRequest, type Refusal, type Request } from "./request.ts";
import { Status } from "./response.ts";

const NOT_ADDED = Status.NotAdded, NOT_DELETED = Status.NotDeleted, NOT_SENT = Status.NotSent;
const MAX = 9007199254740991;

/** Ids as they stand on the wire, and as they are read; `undefined` for one that is refused. */
const IDS: [wire: string, id: number | undefined][] = [
  ["0", 0],
  ["-0", 0],
  ["-0.0", 0],
  ["1", 1],
  ["1.0", 1],
  ["10e-1", 1],
  ["1E3", 1000],
  ["-1", -1],
  ["9007199254740991", MAX],
  ["-9007199254740991", -MAX],
  ["9007199254740991.0", MAX],
  ["9007199254740992", undefined],
  ["-9007199254740992", undefined],
  ["9007199254740993", undefined],
  ["1e400", undefined],
  ["-1e400", undefined],
  ["1.5", undefined],
  ["1e-400", 0],
  ['"1"', undefined],
  ['" "', undefined],
  ["null", undefined],
  ["true", undefined],
  ["false", undefined],
  ["[]", undefined],
  ["[1]", undefined],
  ["{}", undefined],
];

/** Texts of messages as they stand on the wire, and as they are read; `undefined` for one that is refused. */
const TEXTS: [wire: string, text: string | undefined][] = [
  ['"teste"', "teste"],
  ['""', ""],
  ['"\\u0000a\\u0000"', "\0a\0"],
  ['"\\ud83d\\ude00"', "😀"],
  ['"😀 漢字 \\" \\\\ \\/ \\b\\f\\n\\r\\t"', '😀 漢字 " \\ / \b\f\n\r\t'],
  ['"\ufeff\u2028"', "\ufeff\u2028"],
  ['"\\ud83d"', undefined],
  ['"\\ude00"', undefined],
  ['"\\ude00\\ud83d"', undefined],
  ["null", undefined],
  ["1", undefined],
  ["true", undefined],
  ["[]", undefined],
  ['["a"]', undefined],
  ["{}", undefined],
];

/** Whole requests, and what is read; a number is the status of a refusal. */
const REQUESTS: Record<string, [wire: string, request: Request | Status]> = {
  "mostrar as the description has it": ['{"op": "mostrar", "id": "", "data": ""}', { op: "mostrar", form: "python" }],
  "mostrar alone": ['{"op":"mostrar"}', { op: "mostrar", form: "python" }],
  "mostrar in JSON": ['{"op":"mostrar","data":"json"}', { op: "mostrar", form: "json" }],
  "mostrar with data that is no form": ['{"op":"mostrar","data":"JSON"}', { op: "mostrar", form: "python" }],
  "mostrar with anything in its members": [
    '{"op":"mostrar","id":[{}],"data":{"json":1}}',
    { op: "mostrar", form: "python" },
  ],
  'adicionar with "" for an id': ['{"op":"adicionar","id":"","data":"a"}', {
    op: "adicionar",
    id: undefined,
    text: EscapedText.of("a"),
  }],
  "adicionar without an id": ['{"op":"adicionar","data":"a"}', {
    op: "adicionar",
    id: undefined,
    text: EscapedText.of("a"),
  }],
  "adicionar without data": ['{"op":"adicionar","id":1}', NOT_ADDED],
  "adicionar without anything": ['{"op":"adicionar"}', NOT_ADDED],
  "deletar with any data": ['{"op":"deletar","id":3,"data":[null]}', { op: "deletar", id: 3 }],
  "deletar without data": ['{"op":"deletar","id":3}', { op: "deletar", id: 3 }],
  'deletar with "" for an id': ['{"op":"deletar","id":"","data":""}', NOT_DELETED],
  "deletar without an id": ['{"op":"deletar"}', NOT_DELETED],
  autenticar: ['{"op":"autenticar","id":"","data":"segredo"}', { op: "autenticar", token: "segredo" }],
  "autenticar without data": ['{"op":"autenticar"}', { op: "autenticar", token: "" }],
  "autenticar with data that is no text": ['{"op":"autenticar","data":["segredo"]}', { op: "autenticar", token: "" }],
  "members that are not known": ['{"extra":{},"op":"deletar","id":3,"ID":4}', { op: "deletar", id: 3 }],
  "a repeated op, the last counts": ['{"op":"mostrar","op":"deletar","id":3}', { op: "deletar", id: 3 }],
  "a repeated id, the last counts": ['{"op":"deletar","id":"x","id":3}', { op: "deletar", id: 3 }],
  "a repeated id, the last is wrong": ['{"op":"deletar","id":3,"id":"x"}', NOT_DELETED],
  "repeated data, the last counts": [
    '{"op":"adicionar","data":"a","data":"b"}',
    { op: "adicionar", id: undefined, text: EscapedText.of("b") },
  ],
  "members spelt with escapes": ['{"\\u006fp":"mostr\\u0061r"}', { op: "mostrar", form: "python" }],
  "__proto__ as a member": [
    '{"__proto__":{"op":"deletar","polluted":1},"op":"mostrar"}',
    { op: "mostrar", form: "python" },
  ],
  "members of __proto__ are not members": ['{"__proto__":{"op":"mostrar"}}', NOT_SENT],
  "the id of __proto__ is not the id": ['{"op":"deletar","__proto__":{"id":1}}', NOT_DELETED],
  "the data of __proto__ is not the data": ['{"op":"adicionar","id":1,"__proto__":{"data":"a"}}', NOT_ADDED],
  "constructor as a member": [
    '{"constructor":{"prototype":{"polluted":1}},"op":"mostrar"}',
    { op: "mostrar", form: "python" },
  ],
  "no op": ['{"id":1,"data":"a"}', NOT_SENT],
  "an op that is no text": ['{"op":1}', NOT_SENT],
  "an op that is a list with a text": ['{"op":["mostrar"]}', NOT_SENT],
  "an op that is null": ['{"op":null}', NOT_SENT],
  "an empty op": ['{"op":""}', NOT_SENT],
  "an unknown op": ['{"op":"listar"}', NOT_SENT],
  "an op in capitals": ['{"op":"Mostrar"}', NOT_SENT],
  "an op with a space": ['{"op":"mostrar "}', NOT_SENT],
  "an op with a lone surrogate": ['{"op":"\\ud800"}', NOT_SENT],
  "an inherited name as the op": ['{"op":"toString"}', NOT_SENT],
  "__proto__ as the op": ['{"op":"__proto__"}', NOT_SENT],
  "constructor as the op": ['{"op":"constructor"}', NOT_SENT],
  "our own name for a refusal as the op": ['{"op":"refused","status":201}', NOT_SENT],
  "an empty object": ["{}", NOT_SENT],
  "an array": ['["op","mostrar"]', NOT_SENT],
  "a request in an array": ['[{"op":"mostrar"}]', NOT_SENT],
  "a text": ['"mostrar"', NOT_SENT],
  "a number": ["1", NOT_SENT],
  "true": ["true", NOT_SENT],
  "null": ["null", NOT_SENT],
};

/** What looks like a request and is not JSON. */
const NOT_JSON = [
  "{]",
  "[}",
  '{"op":"mostrar",}',
  "{'op':'mostrar'}",
  '{"op":undefined}',
  '{"a":01}',
  '"\\x41"',
  "-",
  "{}{}",
];

function check(wire: string, expected: Request | Status): void {
  const read = readRequest(wire);
  if (typeof expected === "number") assertEquals([read.op, (read as Refusal).status], ["refused", expected], wire);
  else assertEquals(read, expected, wire);
}

for (const [wire, id] of IDS) {
  pure(`request: the id ${wire} is ${id === undefined ? "refused" : "read"}`, () => {
    check(`{"op":"deletar","id":${wire}}`, id === undefined ? NOT_DELETED : { op: "deletar", id });
    check(
      `{"op":"adicionar","id":${wire},"data":"a"}`,
      id === undefined ? NOT_ADDED : { op: "adicionar", id, text: EscapedText.of("a") },
    );
    const read = readRequest(`{"op":"deletar","id":${wire}}`);
    assert(!("id" in read && Object.is(read.id, -0)));
  });
}

for (const [wire, text] of TEXTS) {
  pure(`request: the data ${wire} is ${text === undefined ? "refused" : "read"}`, () => {
    check(
      `{"op":"adicionar","id":7,"data":${wire}}`,
      text === undefined ? NOT_ADDED : { op: "adicionar", id: 7, text: EscapedText.of(text) },
    );
  });
}

for (const [name, [wire, expected]] of Object.entries(REQUESTS)) pure(`request: ${name}`, () => check(wire, expected));

pure("request: Object.prototype is as it was", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  for (const [wire] of Object.values(REQUESTS)) readRequest(wire);
  assertEquals(Object.getOwnPropertyNames(Object.prototype), before);
  assertEquals(({} as { polluted?: number }).polluted, undefined);
});

for (const wire of NOT_JSON) {
  pure(`request: ${wire} is not JSON`, () => {
    assertEquals(assertThrows(() => readRequest(wire), FrameError).code, "not-json");
  });
}

pure("request: the error about what is not JSON does not quote it", () => {
  const { message } = assertThrows(() => readRequest('{"op":"adicionar","data":secret}'), FrameError);
  assertEquals(message, "Request is not JSON");
});

/** Why a request is refused, as `serve --explain` and the log say it. */
const REASONS: [wire: string, reason: string][] = [
  ["[]", 'Request is not an object with a text "op"'],
  ['{"op":"x"}', 'Unknown operation "x"'],
  ['{"op":"a\\u0000\\n\\u2028\\u0085b"}', 'Unknown operation "a\\u0000\\n  b"'],
  ['{"op":"adicionar","id":1}', "Cannot adicionar: data is missing, expected a well-formed text"],
  ['{"op":"adicionar","id":1,"data":null}', "Cannot adicionar: data is null, expected a well-formed text"],
  ['{"op":"adicionar","id":1,"data":[]}', "Cannot adicionar: data is an array, expected a well-formed text"],
  ['{"op":"adicionar","id":1,"data":1}', "Cannot adicionar: data is of type number, expected a well-formed text"],
  [
    '{"op":"adicionar","id":1,"data":"\\ud800"}',
    "Cannot adicionar: data is a text with a lone surrogate, expected a well-formed text",
  ],
  [
    '{"op":"adicionar","id":null,"data":"a"}',
    'Cannot adicionar: id is null, expected an integer from -9007199254740991 to 9007199254740991, or ""',
  ],
  ['{"op":"deletar"}', "Cannot deletar: id is missing, expected an integer from -9007199254740991 to 9007199254740991"],
  [
    '{"op":"deletar","id":1e400}',
    "Cannot deletar: id is Infinity, expected an integer from -9007199254740991 to 9007199254740991",
  ],
];

for (const [wire, reason] of REASONS) {
  pure(`request: why ${wire} is refused`, () => assertEquals((readRequest(wire) as Refusal).reason, reason));
}

pure("request: the reason quotes a short, whole piece of what came", () => {
  for (const before of ["", "a"]) {
    const { reason } = readRequest(JSON.stringify({ op: before + "😀".repeat(500) })) as Refusal;
    assert(reason.isWellFormed() && reason.length < 100, reason);
  }
});
