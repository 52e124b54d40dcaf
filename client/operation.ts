import { nearest, UsageError } from "../cli/mod.ts";

/** The operations by their names on the command line, which also has English ones. */
export const OPERATION_NAMES = {
  mostrar: "mostrar",
  adicionar: "adicionar",
  deletar: "deletar",
  list: "mostrar",
  add: "adicionar",
  delete: "deletar",
} as const;

/** What the runtime puts in place of bytes that are not UTF-8: in an argument it cannot be told from one that was typed. */
const REPLACEMENT = "\ufffd";

/** Stands for the text of a message that is to be read from stdin or a file. */
export const FROM_INPUT = Symbol("the text comes from the input");

/** A request, as the command line asks for it. */
export interface AskedRequest {
  /** The operation. */
  op: "mostrar" | "adicionar" | "deletar";
  /** The id, if there is one. */
  id?: number;
  /** The text of a message to add. */
  text?: string | typeof FROM_INPUT;
}

/**
 * Reads the operands of `send` as a request: `mostrar`, `adicionar [ID] TEXT`, `deletar ID`.
 *
 * @param operands the operation, and what it takes
 * @param fromFile whether the text is in a file, and so no operand
 * @throws {UsageError} when the operation is unknown, an operand is missing, wrong or one too many, or the text may not be
 * the one that was typed
 */
export function readOperation(operands: readonly string[], fromFile: boolean): AskedRequest {
  const [name, ...given] = operands;
  if (!isOperation(name)) {
    throw new UsageError(`Unknown operation ${JSON.stringify(name)}${nearest(name, Object.keys(OPERATION_NAMES))}`);
  }
  const op = OPERATION_NAMES[name];
  switch (op) {
    case "mostrar":
      expect(given, 0, 0, name);
      return { op };
    case "deletar":
      expect(given, 1, 1, `${name} ID`);
      return { op, id: readId(given[0]) };
    case "adicionar": {
      if (fromFile) {
        expect(given, 0, 1, `${name} [ID] --file FILE`);
        return { op, id: given.length > 0 ? readId(given[0]) : undefined, text: FROM_INPUT };
      }
      expect(given, 1, 2, `${name} [ID] TEXT`);
      const text = given[given.length - 1];
      if (text.includes(REPLACEMENT)) {
        throw new UsageError(
          "Text on the command line has U+FFFD, which stands there for what is not UTF-8, too; give it by stdin or --file",
        );
      }
      return { op, id: given.length > 1 ? readId(given[0]) : undefined, text: text === "-" ? FROM_INPUT : text };
    }
  }
}

function isOperation(name: string): name is keyof typeof OPERATION_NAMES {
  return Object.hasOwn(OPERATION_NAMES, name);
}

function expect(given: readonly string[], least: number, most: number, form: string): void {
  if (given.length < least) throw new UsageError(`Missing operand; usage: recado send ${form}`);
  if (given.length > most) {
    throw new UsageError(`Unexpected operand ${JSON.stringify(given[most])}; usage: recado send ${form}`);
  }
}

function readId(given: string): number {
  const id = Number(given);
  if (!/^[+-]?\d+$/.test(given) || !Number.isSafeInteger(id)) {
    throw new UsageError(
      `Id is ${
        JSON.stringify(given)
      }, expected an integer from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  return id === 0 ? 0 : id;
}
