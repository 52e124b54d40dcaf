import { ExitCode, visible, visibleJson } from "../cli/mod.ts";
import { type Message, MESSAGES, readListing, responseLine, Status } from "../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import { type AnswerRun, answersIn } from "./answer_run.ts";
import { type ClientError, ClosedError } from "./errors.ts";
import { hint } from "./hint.ts";
import { exitCodeOfStatus } from "./outcome.ts";
import { paint, successLine, type Terminal } from "./terminal.ts";

/** The forms in which `send` prints answers. */
export const OUTPUT_MODES = ["text", "raw", "json", "jsonl", "ids", "text0"] as const;

/** One of {@linkcode OUTPUT_MODES}. */
export type OutputMode = typeof OUTPUT_MODES[number];

/** What goes to stdout, data, and to stderr, diagnostics. */
export interface Printed {
  /** Empty, or ended by what ends a line of that form. */
  stdout: string;
  /** Empty, or one line. */
  stderr: string;
}

/** How a form shows an answer on stdout, unless that is a refusal that belongs on stderr. */
type Render = (answer: Answer, listing: Message[] | undefined, id: number | undefined, terminal: Terminal) => string;

const RENDER: Readonly<Record<OutputMode, Render>> = {
  raw: ({ text }) => `${text}\n`,
  json: jsonLine,
  jsonl: (answer, listing) =>
    listing?.map((message) => `${visibleJson(message)}\n`).join("") ?? jsonLine(answer, listing),
  ids: ({ data }, listing, id) =>
    (listing?.map(({ id }) => id) ?? [id ?? visible(data)]).map((id) => `${id}\n`).join(""),
  text0: (_, listing) => listing?.map(({ mensagem }) => `${mensagem}\0`).join("") ?? "",
  text: (answer, _, id, terminal) => successLine(answer, id, terminal),
};

/** Turns answers, and failures in their place, into what `send` prints. */
export class Output {
  /** The form. */
  readonly mode: OutputMode;
  readonly #stdout: Terminal;
  readonly #stderr: Pick<Terminal, "color">;

  /**
   * @param mode the form
   * @param stdout what shows the data
   * @param stderr what shows the diagnostics
   */
  constructor(mode: OutputMode, stdout: Terminal, stderr: Pick<Terminal, "color">) {
    this.mode = mode;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** The `data` with which a listing is requested: JSON is quicker to decode, but `raw` shows what the server sends by default. */
  get listingData(): string {
    return this.mode === "raw" ? "" : "json";
  }

  /**
   * An answer of the server.
   *
   * @param answer as it came
   * @param id the id that the request named, if it did
   * @throws {AnswerError} when it should hold a listing and does not
   */
  async answer(answer: Answer, id?: number): Promise<Printed> {
    if (answer.status !== Status.Ok || this.mode === "raw") return this.#render(answer, undefined, id);
    const listing = await readListing(answer.data);
    if (this.mode !== "text") return this.#render(answer, listing, id);
    const { table } = await import("./table.ts"); // loaded late: other requests must not wait for its data
    return { stdout: table(listing, this.#stdout), stderr: "" };
  }

  /**
   * Answers that came together.
   *
   * @param run as they came
   * @param ids the id that each request named, in order, if it did
   */
  run(run: AnswerRun, ids: readonly (number | undefined)[]): Printed {
    if (this.mode === "raw") return { stdout: run.text, stderr: "" };
    const printed = answersIn(run).map((answer, at) => this.#render(answer, undefined, ids[at]));
    return {
      stdout: printed.map(({ stdout }) => stdout).join(""),
      stderr: printed.map(({ stderr }) => stderr).join(""),
    };
  }

  #render(answer: Answer, listing: Message[] | undefined, id: number | undefined): Printed {
    if (exitCodeOfStatus(answer.status) !== ExitCode.Ok && !this.#showsRefusals) {
      // if the server says why, there is no need to guess
      return { stdout: "", stderr: this.diagnosis(refusal(answer), answer.data === "" ? hint(answer.status, id) : "") };
    }
    return { stdout: RENDER[this.mode](answer, listing, id, this.#stdout), stderr: "" };
  }

  /**
   * A failure in place of an answer: forms that show refusals on stdout also show the line that stands for it.
   *
   * @param error what happened
   * @param unanswered the requests that have no answer because of it, in bulk
   */
  async failure(error: ClientError, unanswered?: string): Promise<Printed> {
    const { status, message } = error;
    if (error instanceof ClosedError && error.farewell !== undefined) {
      const printed = await this.answer(error.farewell);
      return unanswered === undefined
        ? printed
        : { ...printed, stderr: this.diagnosis(message, hint(error, undefined, unanswered)) };
    }
    const answer = { status, message: MESSAGES[status], data: message, text: responseLine(status, message).trimEnd() };
    return {
      stdout: this.#showsRefusals ? RENDER[this.mode](answer, undefined, undefined, this.#stdout) : "",
      stderr: this.diagnosis(message, hint(error, undefined, unanswered)),
    };
  }

  /**
   * A line for stderr: a JSON object when the form is JSON.
   *
   * @param message what happened
   * @param todo what to do about it
   */
  diagnosis(message: string, todo = ""): string {
    if (this.mode === "json" || this.mode === "jsonl") {
      return `${visibleJson({ error: message, ...todo && { hint: todo } })}\n`;
    }
    return `${paint("recado:", "red", this.#stderr)} ${visible(message)}${todo && `; ${todo}`}\n`;
  }

  /** Whether the form reports a success by the id of the message. */
  get namesIds(): boolean {
    return this.mode === "ids" || this.mode === "text";
  }

  get #showsRefusals(): boolean {
    return this.mode === "raw" || this.mode === "json";
  }
}

/** The answer as one line of JSON, a listing as an array and not as its text. */
function jsonLine({ status, message, data }: Answer, listing: Message[] | undefined): string {
  return `${visibleJson({ status, message, data: listing ?? data })}\n`;
}

function refusal({ status, message, data }: Answer): string {
  return `${message} (${status})${data && `: ${data}`}`;
}
