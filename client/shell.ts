import type { Interface } from "node:readline";
import { ExitCode, print, UsageError } from "../cli/mod.ts";
import { AnswerError } from "../protocol/mod.ts";
import type { Client } from "./client.ts";
import { ClientError } from "./errors.ts";
import { History, HISTORY_SIZE } from "./history.ts";
import { FROM_INPUT, OPERATION_NAMES, readOperation } from "./operation.ts";
import type { Session } from "./session.ts";

const PROMPT = "recado> ";
const LEAVE = ["sair", "exit", "quit"];
const HELP_WORDS = ["ajuda", "help"];
const WORDS = [...Object.keys(OPERATION_NAMES), ...HELP_WORDS, ...LEAVE];

/** The signals that end the shell, and its exit code then. Without handlers the terminal would stay in the mode of the line editor. */
const SIGNALS = [
  ["SIGHUP", ExitCode.HungUp],
  ["SIGINT", ExitCode.Interrupted], // from kill(1): the line editor handles Ctrl-C itself
  ["SIGTERM", ExitCode.Terminated],
] as const;

const HELP = `mostrar             list the messages (list)
adicionar TEXT      add a message; the server picks its id (add)
adicionar ID TEXT   add a message under an id
deletar ID          remove a message (delete)
{"op": ...}         any request, as JSON
ajuda, help         this
sair, exit, quit    leave, as Ctrl-D does; Ctrl-C clears the line, or
                    gives up what it waits for, and the lines behind it
`;

/**
 * `recado send` on a terminal: reads operations line by line and prints the answers. If the server went away, the next line connects again.
 *
 * @returns 0; what goes wrong with a line is told at once
 */
export async function runShell(session: Session): Promise<ExitCode> {
  const { createInterface } = await import("node:readline");
  const { default: process } = await import("node:process");
  const history = await History.open((message) => session.tell(message));
  using shell = new Shell(session);
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: PROMPT,
    history: history.lines,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string) => [WORDS.filter((word) => word.startsWith(line)).map((word) => `${word} `), line],
  });
  terminal.on("history", (lines: string[]) => history.save(lines));
  let typed = 0, taken = 0, givenUp = 0; // counts of lines
  terminal.on("line", () => {
    typed++;
    shell.begin();
  });
  terminal.on("SIGINT", () => {
    Deno.stdout.writeSync(new TextEncoder().encode("^C\n"));
    givenUp = typed; // including lines pasted after the one that is waited for
    if (!shell.giveUp()) clearLine(terminal);
  });
  // after Ctrl-Z and fg the line editor reads nothing until it is told to
  terminal.on("SIGCONT", () => terminal.resume());
  for (const [signal, code] of SIGNALS) {
    process.once(signal, () => {
      terminal.close();
      Deno.exit(code);
    });
  }
  let closed = false; // by Ctrl-D, which may come while a line is being carried out
  terminal.on("close", () => closed = true);
  terminal.prompt();
  try {
    for await (const line of terminal) {
      if (++taken <= givenUp) {
        await shell.skip();
      } else {
        if (LEAVE.includes(line.trim())) break;
        await shell.carryOut(line.trimStart());
      }
      if (!closed && taken >= givenUp) terminal.prompt();
    }
  } finally {
    terminal.close();
    await history.saved;
  }
  await print(Deno.stdout, "\n");
  return ExitCode.Ok;
}

/** What the lines of one shell share: a connection, made when it is needed. */
class Shell implements Disposable {
  readonly #session: Session;
  #client: Client | undefined;
  /** Aborts the line that is being carried out, or is about to be. */
  #line: AbortController | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Carries out one line and prints what comes of it. */
  async carryOut(line: string): Promise<void> {
    const { output, printer } = this.#session;
    this.begin();
    const { signal } = this.#line!;
    try {
      if (line === "") return;
      if (HELP_WORDS.includes(line.trim())) await printer.print({ stdout: HELP, stderr: "" });
      else if (/^[{[]/.test(line)) await this.#send(line, signal);
      else await this.#ask(line, signal);
      await printer.flush();
    } catch (error) {
      if (signal.aborted) await this.#tellGivenUp();
      else if (error instanceof ClientError) await printer.print(await output.failure(error));
      else if (error instanceof UsageError || error instanceof AnswerError) await this.#session.tell(error.message);
      else throw error;
    } finally {
      this.#line = undefined;
    }
  }

  /** A line has come, which is carried out in a moment. */
  begin(): void {
    this.#line ??= new AbortController();
  }

  /** Skips a line that was given up. Only the first of several says so. */
  async skip(): Promise<void> {
    const { aborted } = this.#line?.signal ?? {};
    this.#line = undefined;
    if (aborted) await this.#session.tell("Given up", "nothing was sent");
  }

  /** Gives up the current line; false when there is none. */
  giveUp(): boolean {
    this.#line?.abort();
    return this.#line !== undefined;
  }

  [Symbol.dispose](): void {
    this.#client?.close();
  }

  async #send(line: string, signal: AbortSignal): Promise<void> {
    // half a request would make the server wait for the rest, and two would be answered twice
    if (!isJson(line)) throw new UsageError("Line is not one JSON text");
    const { output, printer } = this.#session;
    const answer = await (await this.#connected(signal)).request(line, { signal });
    await printer.print(await output.answer(answer));
  }

  async #ask(line: string, signal: AbortSignal): Promise<void> {
    const { output, printer } = this.#session;
    const { op, id, text } = readOperation(splitLine(line), false);
    const data = op === "mostrar" ? output.listingData : text === FROM_INPUT ? "-" : text;
    const answer = await (await this.#connected(signal)).request({ op, id, data }, { signal });
    await printer.print(await output.answer(answer, id));
  }

  async #connected(signal: AbortSignal): Promise<Client> {
    if (this.#client === undefined || this.#client.ended) this.#client = await this.#session.connect(signal);
    return this.#client;
  }

  /** Closes the connection, because the next line must not get the answer that still comes. */
  async #tellGivenUp(): Promise<void> {
    const connected = this.#client?.ended === false;
    this.#client?.close();
    await this.#session.tell("Given up", connected ? "the request may have been carried out" : "nothing was sent");
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The operands of a line: the text of a message is the rest of the line, unchanged. */
function splitLine(line: string): string[] {
  const [, operation, id, text] = line.match(/^(\S+)(?:\s+([+-]?\d+)(?=\s))?(?:\s+(.*))?$/s)!;
  return [operation, id, text].filter((operand) => operand);
}

function clearLine(terminal: Interface): void {
  terminal.write(null, { ctrl: true, name: "e" });
  terminal.write(null, { ctrl: true, name: "u" });
  terminal.prompt();
}
