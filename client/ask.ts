import { ExitCode } from "../cli/mod.ts";
import { Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import { ClientError, ClosedError, GarbageError } from "./errors.ts";
import { hint } from "./hint.ts";
import { readText } from "./input.ts";
import { type AskedRequest, FROM_INPUT } from "./operation.ts";
import { exitCodeOfFailure, exitCodeOfStatus } from "./outcome.ts";
import type { Session } from "./session.ts";
import type { WireRequest } from "./wire_request.ts";

/** The status of each operation's success. */
const SUCCESS = { mostrar: Status.Ok, adicionar: Status.Added, deletar: Status.Deleted } as const;

/**
 * Asks the server one thing and prints its answer.
 *
 * @throws {ClientError} when no answer came
 * @throws {AnswerError} when the answer should hold a listing and does not
 * @throws {BadInputError} when the text of the message comes from the input, and is wrong
 * @throws {NoInputError} when the input cannot be read
 */
export async function ask(session: Session, { op, id, text }: AskedRequest): Promise<ExitCode> {
  const { values, output } = session;
  const read = text === FROM_INPUT ? await readText(values.file || "-", values["keep-newline"]) : text;
  const answer = await answerTo(session, { op, id, data: op === "mostrar" ? output.listingData : read });
  const { status, message } = answer;
  // the success of another operation, or an unknown status, must not look to a script as if its request was carried out
  if (status !== SUCCESS[op] && isNoFailure(status)) {
    throw new GarbageError(`Server sent what is no answer to ${op}: ${status} ${message}`);
  }
  session.printer.printLast(await output.answer(answer, id));
  return exitCodeOfStatus(status, answer.data);
}

/**
 * Asks whether the server answers, and says why not on stderr. It sends `autenticar` with an empty token, whose cost does not depend on the board and which
 * leaves no line in the server's log.
 */
export async function askHealth(session: Session): Promise<ExitCode> {
  try {
    const { status, data, message } = await answerTo(session, { op: "autenticar", data: "" }).catch((error) => {
      if (!(error instanceof ClosedError) || error.farewell !== undefined) throw error;
      // the original server closes without a word at operations it does not know; this one it knows, and refuses
      return answerTo(session, { op: "deletar", id: "" });
    });
    if (status !== Status.Closed) return ExitCode.Ok;
    await session.tell(`Server does not serve: ${data || message}`);
    return ExitCode.Unavailable;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    await session.tell(error.message, hint(error));
    return exitCodeOfFailure(error);
  }
}

function isNoFailure(status: number): boolean {
  return ([ExitCode.Ok, ExitCode.BadAnswer] as number[]).includes(exitCodeOfStatus(status));
}

async function answerTo(session: Session, request: WireRequest): Promise<Answer> {
  await using client = await session.connect();
  return await client.request(request);
}
