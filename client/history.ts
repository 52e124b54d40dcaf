import { systemReason, variable } from "../cli/mod.ts";

/** How many lines are kept. */
export const HISTORY_SIZE = 1000;

/** The shell's history, in the state folder of the XDG Base Directory Specification. A failure is reported once, and does not stop the shell. */
export class History {
  /** The lines as the shell begins, the newest first. */
  readonly lines: string[] = [];
  /** Resolves when what was saved is on disk. */
  saved: Promise<void> = Promise.resolve();
  readonly #folder: string | undefined = historyFolder();
  readonly #tell: (message: string) => Promise<void>;
  #failed = false;

  private constructor(tell: (message: string) => Promise<void>) {
    this.#tell = tell;
  }

  /**
   * Reads the history.
   *
   * @param tell says what went wrong
   */
  static async open(tell: (message: string) => Promise<void>): Promise<History> {
    const history = new History(tell);
    await history.#attempt("read", async (folder) => {
      const text = await Deno.readTextFile(`${folder}/history`).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return "";
        throw error;
      });
      history.lines.push(...text.split("\n").filter((line) => line !== "").reverse());
    });
    return history;
  }

  /**
   * Writes the history in the background, readable by its owner alone: messages stand in it.
   *
   * @param lines the newest first
   */
  save(lines: readonly string[]): void {
    const text = lines.toReversed().map((line) => `${line}\n`).join("");
    this.saved = this.saved.then(() =>
      this.#attempt("write", async (folder) => {
        await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
        const temporary = `${folder}/history.${Deno.pid}`;
        await Deno.writeTextFile(temporary, text, { mode: 0o600 });
        await Deno.rename(temporary, `${folder}/history`);
      })
    );
  }

  async #attempt(action: string, step: (folder: string) => Promise<void>): Promise<void> {
    if (this.#folder === undefined || this.#failed) return;
    try {
      await step(this.#folder);
    } catch (error) {
      this.#failed = true;
      await this.#tell(`Cannot ${action} the history in ${JSON.stringify(this.#folder)}: ${systemReason(error)}`);
    }
  }
}

/** `undefined` where there is no home. A path that is not absolute counts as not set: the specification says so. */
function historyFolder(): string | undefined {
  const state = variable("XDG_STATE_HOME"), home = variable("HOME") ?? variable("USERPROFILE");
  if (state !== undefined && /^([\\/]|[a-z]:)/i.test(state)) return `${state}/recado`;
  return home ? `${home}/.local/state/recado` : undefined;
}
