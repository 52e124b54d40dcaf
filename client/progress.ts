import type { Source } from "./input.ts";
import type { Session } from "./session.ts";

/** How long bulk input may take before its progress is shown, and how often that is updated, in milliseconds. */
const DELAY = 1000, INTERVAL = 200;

/** Shows the progress of bulk input on stderr, once it takes long, if stderr is a terminal and stdout is not. */
export class Progress implements Disposable {
  /** How many answers have come. */
  answers = 0;
  readonly #source: Source;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;

  /**
   * Begins to wait.
   *
   * @param session says whether anything may be printed
   * @param source the part of it that has been read is shown, if its size is known
   */
  constructor({ values }: Session, source: Source) {
    this.#source = source;
    if (values.quiet || !Deno.stderr.isTerminal() || Deno.stdout.isTerminal()) return;
    this.#timer = setTimeout(() => this.#interval = setInterval(() => this.#show(), INTERVAL), DELAY);
  }

  /** Removes it from the terminal. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#interval === undefined) return;
    clearInterval(this.#interval);
    writeLine("");
  }

  #show(): void {
    const { size, taken } = this.#source;
    writeLine(`${this.answers} answers${size ? `, ${Math.floor(100 * taken / size)} %` : ""}`);
  }
}

/** Writes over the line that the cursor is on. */
function writeLine(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}
