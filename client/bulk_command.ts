import { ExitCode } from "../cli/mod.ts";
import type { Answer } from "./connection.ts";
import { sendAll } from "./bulk.ts";
import { additionsIn, requestsIn } from "./bulk_input.ts";
import { ClientError } from "./errors.ts";
import { openSource } from "./input.ts";
import { exitCodeOfFailure, exitCodeOfStatus } from "./outcome.ts";
import { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/**
 * Sends the requests of an input, or its lines as messages to add, and prints the answers in order. An empty input is done at once.
 *
 * @param path a file; `-` is stdin
 * @param lineEnd what ends a line, when the input is lines
 * @throws {ConnectError} when there is no connection
 * @throws {BadInputError} when the input is wrong, once what stood before is answered
 * @throws {NoInputError} when it cannot be read
 */
export async function sendInput(session: Session, path: string, lineEnd?: "\n" | "\0"): Promise<ExitCode> {
  await using source = await openSource(path);
  const requests = lineEnd === undefined ? requestsIn(source) : additionsIn(source, lineEnd.charCodeAt(0));
  const first = await requests.next();
  if (first.done) return ExitCode.Ok;
  await using client = await session.connect();
  const tally = new Tally();
  using progress = new Progress(session, source);
  try {
    await sendAll(client, prepend(first.value, requests), async (answer) => {
      const printed =
        await (answer instanceof ClientError ? session.output.failure(answer) : session.output.answer(answer));
      // the requests that a failure leaves without an answer have a line each, but it is told once
      await session.printer.print(tally.failed ? { ...printed, stderr: "" } : printed);
      tally.count(answer);
      progress.answers = tally.answers;
    });
  } finally {
    if (tally.refused > 0) await session.tell(`${tally.refused} of ${tally.answers} requests were refused`);
  }
  return tally.exitCode;
}

async function* prepend<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}

/** What the answers came to. */
class Tally {
  answers = 0;
  refused = 0;
  failed = false;
  /** That of the worst answer: no connection before a refusal, a refusal before success. */
  exitCode: ExitCode = ExitCode.Ok;

  count(answer: Answer | ClientError): void {
    const code = answer instanceof ClientError ? exitCodeOfFailure(answer) : exitCodeOfStatus(answer.status);
    this.failed ||= answer instanceof ClientError;
    this.answers++;
    if (code === ExitCode.Refused) this.refused++;
    this.exitCode = Math.max(this.exitCode, code) as ExitCode;
  }
}
