import { parseDicts } from "./literal.ts";
import { checkAnswer, parseAnswer } from "./shape.ts";

/** The statuses of docs/protocol.md, "Answers". */
export const Status = {
  Ok: 200,
  Added: 201,
  Deleted: 202,
  NotListed: 400,
  NotAdded: 401,
  NoSuchId: 402,
  NotDeleted: 403,
  NotSent: 504,
  Closed: 505,
} as const;

/** One of the numbers in {@linkcode Status}. */
export type Status = typeof Status[keyof typeof Status];

/** The message that goes with each status, exactly as it stands on the wire. */
export const MESSAGES: Readonly<Record<Status, string>> = {
  200: "OK",
  201: "Mensagem criada",
  202: "Mensagem deletada",
  400: "Não foi possível mostrar as mensagens",
  401: "Não foi possível adicionar a mensagem",
  402: "ID não existe",
  403: "Não foi possível deletar a mensagem",
  504: "Mensagem não foi enviada",
  505: "Conexão encerrada",
};

/** An answer, as a client reads it. */
export interface Response {
  /** One of {@linkcode Status} from our server; any integer from another. */
  status: number;
  /** The message of that status. */
  message: string;
  /** The listing, an id, a reason, or `""`. */
  data: string;
}

/** What ends every line, after `data`. */
export const RESPONSE_END = '"}\n';

const EMPTY = new Map(Object.values(Status).map((status) => [status, `${responseStart(status)}${RESPONSE_END}`]));

/**
 * The exact line of an answer, with its `\n`: members in this order, a space after `:` and `,`, non-ASCII characters as themselves.
 *
 * @param status one of {@linkcode Status}, which determines the message
 * @param data well-formed Unicode; escaped as `JSON.stringify` does
 */
export function responseLine(status: Status, data = ""): string {
  return data === "" ? EMPTY.get(status)! : `${responseStart(status)}${escapeData(data)}${RESPONSE_END}`;
}

/**
 * The line of an answer up to `data`, for an answer whose `data` is written in pieces ({@linkcode escapeData}) and ended by {@linkcode RESPONSE_END}.
 *
 * @param status one of {@linkcode Status}
 */
export function responseStart(status: Status): string {
  return `{"status": ${status}, "message": "${MESSAGES[status]}", "data": "`;
}

/**
 * Escapes a piece of `data` for its place between the quotes of the line.
 *
 * @param data well-formed Unicode
 */
export function escapeData(data: string): string {
  return JSON.stringify(data).slice(1, -1);
}

/**
 * Reads an answer in either form: the JSON line of this server, or the Python dict of the original one.
 *
 * @param text one complete text, as a `Framer` with `pythonStrings` yields it
 * @throws {AnswerError} when it is not an answer
 */
export async function readResponse(text: string): Promise<Response> {
  let value: unknown;
  try {
    value = parseAnswer(text, "answer");
  } catch {
    // not JSON: it may be the original server's
    [value] = parseDicts(text);
  }
  if (isResponse(value)) return { status: value.status, message: value.message, data: value.data };
  const { WireResponse } = await import("./schema.ts");
  return checkAnswer(WireResponse, value, "answer");
}

/** The short way: whatever it accepts, the schema accepts, too. A test keeps the two in step. */
function isResponse(value: unknown): value is Response {
  const { status, message, data } = Object(value);
  return Number.isSafeInteger(status) && typeof message === "string" && typeof data === "string";
}
