import { ExitCode } from "../cli/mod.ts";
import { sendAll } from "./bulk.ts";
import type { Batch, BulkInput } from "./bulk_input.ts";
import type { ClientError } from "./errors.ts";
import { openSource } from "./input.ts";
import { JsonInput } from "./json_input.ts";
import { LineInput } from "./line_input.ts";
import { exitCodeOfFailure, exitCodeOfStatus } from "./outcome.ts";
import { Progress } from "./progress.ts";
import type { Printed } from "./output.ts";
import type { Session } from "./session.ts";
import type { Outcome } from "./under_way.ts";

/**
 * Sends the requests of an input, or its lines as messages to add, and prints the answers in order. An empty input needs no connection.
 *
 * @param path a file; `-` is stdin
 * @param lineEnd what ends a line, when the input is lines
 * @throws {ConnectError} when there is no connection
 * @throws {BadInputError} when the input is wrong, once the requests before that are answered
 * @throws {NoInputError} when it cannot be read
 */
export async function sendInput(session: Session, path: string, lineEnd?: "\n" | "\0"): Promise<ExitCode> {
  await using source = await openSource(path);
  const input = lineEnd === undefined ? new JsonInput(source, session.output.namesIds) : new LineInput(source, lineEnd);
  const first = await input.next(1);
  if (first === undefined) return ExitCode.Ok;
  using connection = await session.dial();
  const tally = new Tally(), what = lineEnd === undefined ? "request" : "line";
  using progress = new Progress(session, source);
  try {
    await sendAll(connection, startingWith(first, input), session.timeout, async (outcome) => {
      await session.printer.print(await printed(session, outcome));
      tally.count(outcome);
      progress.answers = tally.answers;
    });
  } finally {
    if (tally.failure !== undefined) {
      const { stderr } = await session.output.failure(tally.failure, tally.unanswered(what));
      await session.printer.print({ stdout: "", stderr });
    }
    if (tally.exitCode === ExitCode.BadInput) {
      await session.tell(`${what === "line" ? "Line" : "Request"} ${tally.answered + 1} is over a limit of the server`);
    }
    if (tally.refused > 0) await session.tell(`${tally.refused} of ${tally.answers} requests were refused`);
  }
  return tally.exitCode;
}

function startingWith(first: Batch, input: BulkInput): BulkInput {
  let given = false;
  return {
    next(most) {
      if (given) return input.next(most);
      given = true;
      return Promise.resolve(first);
    },
  };
}

async function printed({ output }: Session, outcome: Outcome): Promise<Printed> {
  switch (outcome.kind) {
    case "run":
      return output.run(outcome.run, outcome.ids);
    case "answer":
      return await output.answer(outcome.answer, outcome.ids[0]);
    case "failure": {
      // each request without an answer has its line on stdout, but stderr says it once, when their number is known
      const { stdout } = await output.failure(outcome.error);
      return { stdout: stdout.repeat(outcome.count), stderr: "" };
    }
  }
}

/** Counts the outcomes. */
class Tally {
  /** How many requests have an answer, or a failure in its place. */
  answers = 0;
  /** How many of them have an answer. */
  answered = 0;
  refused = 0;
  /** What ended it. */
  failure: ClientError | undefined;
  /** The code of the worst outcome so far: the highest, except that 65 is worst of all, because sending it again would not help. */
  exitCode: ExitCode = ExitCode.Ok;

  /** Counts what has come. */
  count(outcome: Outcome): void {
    const code = exitCodeOf(outcome);
    if (outcome.kind === "failure") this.failure ??= outcome.error;
    else this.answered += outcome.count;
    this.answers += outcome.count;
    if (code === ExitCode.Refused) this.refused += outcome.count;
    const codes = [this.exitCode, code];
    this.exitCode = codes.includes(ExitCode.BadInput) ? ExitCode.BadInput : Math.max(...codes) as ExitCode;
  }

  /**
   * The requests that have no answer because of the failure: those before them are done, and those after them were not sent.
   *
   * @param what they are
   */
  unanswered(what: "request" | "line"): string {
    const first = this.answered + 1, last = this.answers;
    return first === last ? `${what} ${first}` : `${what}s ${first} to ${last}`;
  }
}

function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome.kind) {
    case "run":
      return exitCodeOfStatus(outcome.run.status);
    case "answer":
      return exitCodeOfStatus(outcome.answer.status);
    case "failure":
      return exitCodeOfFailure(outcome.error);
  }
}
