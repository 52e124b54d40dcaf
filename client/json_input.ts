import { FrameError } from "../protocol/mod.ts";
import type { Batch, BulkInput } from "./bulk_input.ts";
import { BadInputError } from "./errors.ts";
import { FLAT_OBJECT } from "./flat_object.ts";
import { MAX_INPUT_BYTES, type Source } from "./input.ts";
import { type Run, RunFramer } from "./run_framer.ts";
import { delimited } from "./wire_request.ts";

/** The deepest nesting that any server takes. */
const MAX_DEPTH = 1000;
const CLOSE_BRACE = 0x7d;

/** The requests in an input of concatenated JSON, unchanged. */
export class JsonInput implements BulkInput {
  readonly #name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #framer: RunFramer;
  readonly #namesIds: boolean;
  #ended = false;
  /** What is wrong with the input, after everything that was returned. */
  #failure: BadInputError | undefined;

  /**
   * @param source where it comes from
   * @param namesIds whether the ids in the requests are needed: then each request is parsed, and none takes the short way
   */
  constructor(source: Source, namesIds: boolean) {
    this.#name = source.name;
    this.#chunks = source.chunks();
    this.#namesIds = namesIds;
    this.#framer = new RunFramer({
      maxBytes: MAX_INPUT_BYTES,
      maxDepth: MAX_DEPTH,
      subject: `Input from ${source.name}`,
      kinds: () => [FLAT_OBJECT],
      close: CLOSE_BRACE,
    });
  }

  /** See {@linkcode BulkInput.next}. */
  async next(most: number): Promise<Batch | undefined> {
    while (this.#failure === undefined) {
      const batch = this.#gather(most);
      if (batch !== undefined) return batch;
      if (this.#ended) break;
      await this.#read();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #read(): Promise<void> {
    const { value: chunk, done } = await this.#chunks.next();
    if (done) {
      this.#ended = true;
    } else {
      this.#framer.push(chunk);
    }
  }

  /** The requests that are there, up to where the input is wrong. */
  #gather(most: number): Batch | undefined {
    const ids: (number | undefined)[] = [];
    let text = "", count = 0, run: Run | undefined; // the one being read
    try {
      while (count < most && (run = this.#take(most - count)) !== undefined) {
        if (run.kind === undefined) {
          const request = JSON.parse(run.text);
          if (this.#namesIds) ids.push(Number.isSafeInteger(request?.id) ? request.id : undefined);
          text += delimited(run.text);
        } else {
          text += run.text;
        }
        count += run.count;
        run = undefined;
      }
    } catch (error) {
      this.#failure = this.#placed(error, run?.text);
    }
    return count === 0 ? undefined : { text: text.trimStart(), count, ids };
  }

  #take(most: number): Run | undefined {
    if (!this.#ended) return this.#framer.next(this.#namesIds ? 0 : most);
    const text = this.#framer.end();
    return text === undefined ? undefined : { text, count: 1, kind: undefined };
  }

  /**
   * Says where the input is wrong.
   *
   * @param text the text that is not JSON; if there is none, the wrong bytes are those that the framer holds
   */
  #placed(error: unknown, text = ""): BadInputError {
    if (!(error instanceof FrameError || error instanceof SyntaxError)) throw error;
    const message = error instanceof FrameError ? error.message : `Input from ${this.#name} is not JSON`;
    const { line, byte } = this.#framer.placeOf(text);
    return new BadInputError(`${message}, line ${line}, byte ${byte}`, { cause: error });
  }
}
