import { assertEquals, assertRejects } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { AnswerError } from "./errors.ts";
import { WireResponse } from "./schema.ts";
import { escapeData, readResponse, RESPONSE_END, responseLine, responseStart, Status } from "./response.ts";

const LINES: Record<Status, string> = {
  200: '{"status": 200, "message": "OK", "data": ""}\n',
  201: '{"status": 201, "message": "Mensagem criada", "data": ""}\n',
  202: '{"status": 202, "message": "Mensagem deletada", "data": ""}\n',
  400: '{"status": 400, "message": "Não foi possível mostrar as mensagens", "data": ""}\n',
  401: '{"status": 401, "message": "Não foi possível adicionar a mensagem", "data": ""}\n',
  402: '{"status": 402, "message": "ID não existe", "data": ""}\n',
  403: '{"status": 403, "message": "Não foi possível deletar a mensagem", "data": ""}\n',
  504: '{"status": 504, "message": "Mensagem não foi enviada", "data": ""}\n',
  505: '{"status": 505, "message": "Conexão encerrada", "data": ""}\n',
};

/** `data`, and how it stands between its quotes. */
const DATA: [data: string, wire: string][] = [
  ["{'id': 1, 'mensagem': 'abc'}", "{'id': 1, 'mensagem': 'abc'}"],
  ['"\\/', '\\"\\\\/'],
  ["\b\f\n\r\t\0\x1f\x7f", "\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"],
  ["é漢😀\u2028\ufeff", "é漢😀\u2028\ufeff"],
];

for (const status of Object.values(Status)) {
  pure(`response: the line of ${status}, byte for byte`, () => {
    assertEquals(responseLine(status), LINES[status]);
    for (const [data, wire] of DATA) {
      const line = LINES[status].replace('""}', () => `"${wire}"}`);
      assertEquals(responseLine(status, data), line);
      assertEquals(responseStart(status) + escapeData(data) + RESPONSE_END, line);
    }
  });

  pure(`response: the line of ${status} is read back`, async () => {
    for (const [data] of [["", ""], ...DATA]) {
      const line = responseLine(status, data);
      const { message } = JSON.parse(LINES[status]);
      assertEquals(await readResponse(line), { status, message, data });
    }
  });
}

/** Answers of the original server. */
const PYTHON: [text: string, data: string][] = [
  ["{'status': 201, 'message': 'Mensagem criada', 'data': ''}", ""],
  [
    `{'status': 200, 'message': 'OK', 'data': "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}"}`,
    "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}",
  ],
  [
    `{'status': 200, 'message': 'OK', 'data': '{\\'id\\': 1, \\'mensagem\\': "it\\'s"}'}\n`,
    `{'id': 1, 'mensagem': "it's"}`,
  ],
  ["{ 'data' : 'a' , 'message' : 'x' , 'status' : 404 , 'more' : 1 }", "a"],
];

for (const [text, data] of PYTHON) {
  pure(`response: the answer ${JSON.stringify(text)} of the original server is read`, async () => {
    assertEquals((await readResponse(text)).data, data);
  });
}

const NO_ANSWERS = [
  "",
  "{}",
  "[]",
  "1",
  '"OK"',
  "null",
  '{"status": 200, "message": "OK"}',
  '{"status": "200", "message": "OK", "data": ""}',
  '{"status": 200.5, "message": "OK", "data": ""}',
  '{"status": 200, "message": "OK", "data": null}',
  '{"message": "OK", "data": "", "__proto__": {"status": 200}}',
  "{'message': 'OK', 'data': '', '__proto__': 1}",
  "{'status': 200, 'message': 'OK', 'data': None}",
  "{'status': 200, 'message': 'OK', 'data': 'a}",
  "HTTP/1.1 400 Bad Request",
];

for (const text of NO_ANSWERS) {
  pure(`response: ${JSON.stringify(text)} is no answer`, async () => {
    await assertRejects(() => readResponse(text), AnswerError);
  });
}

/** Values that the short way of {@linkcode readResponse} and its schema must judge alike. */
const PARTS: Record<string, string[]> = {
  status: ["200", "-1", "9007199254740991", "9007199254740992", "1.5", "1e400", '"200"', "null", "true", "[]"],
  message: ['"OK"', '""', "1", "null", "{}"],
  data: ['""', '"\\ud800"', "0", "null", "[]"],
};

pure("response: the short way and the schema agree", async () => {
  for (const status of PARTS.status) {
    for (const message of PARTS.message) {
      for (const data of PARTS.data) {
        const text = `{"status": ${status}, "message": ${message}, "data": ${data}, "more": 1}`;
        const schema = WireResponse.safeParse(JSON.parse(text));
        const read = await readResponse(text).catch(() => undefined);
        assertEquals(read, schema.data, text);
      }
    }
  }
});
