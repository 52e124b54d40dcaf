import type { EscapedText, ListingForm } from "../../protocol/mod.ts";
import type { StoreError } from "./errors.ts";

/** One thing to do to the board. */
export type Operation =
  | {
    kind: "add";
    /** A safe integer, or `undefined` for one above the highest id that the board has ever held (at least 1). */
    id: number | undefined;
    /** It is copied when the operation is carried out, and not used once its result is known. */
    text: EscapedText;
  }
  | { kind: "delete"; id: number }
  | { kind: "list"; form: ListingForm };

/** The line that answers `mostrar` (docs/protocol.md, "The listing"), for the board as it was at that time. */
export interface Listing extends Disposable {
  /** UTF-8; they do not change until the listing is disposed of, which may be done twice, or taken back. */
  readonly pieces: readonly Uint8Array[];

  /**
   * Says what to do when the listing is taken back, because too much is kept for listings of the board as it was: its bytes must not be used any more.
   *
   * @param tell is called at most once; immediately if the listing has been taken back already
   */
  whenTakenBack(tell: () => void): void;
}

/** What became of an {@linkcode Operation}. */
export type Result =
  | { kind: "added"; id: number }
  /** The id is on the board already. */
  | { kind: "taken" }
  /** The highest id has been held: the store can pick none above it. */
  | { kind: "exhausted" }
  | { kind: "deleted" }
  /** The id is not on the board. */
  | { kind: "absent" }
  | { kind: "listed"; listing: Listing }
  /** The store could not be read or written; nothing of this operation is on the board. */
  | { kind: "failed"; error: StoreError };

/** Where a board is kept. Every engine passes `tests/store_contract.ts`. */
export interface Store extends AsyncDisposable {
  /** What the log calls it: `memory`, or `sqlite:` and the path. */
  readonly name: string;

  /**
   * Carries out operations in order, each seeing those before it, also those of calls made earlier.
   *
   * @param batch any number of operations
   * @returns a result for each, in order, once all writes among them (and all that a listing shows) are as durable as the engine promises; without a promise
   * if there is nothing to wait for, because a promise costs a fast engine much of its time. A failure of the engine is a result, never a rejection
   */
  apply(batch: readonly Operation[]): Result[] | Promise<Result[]>;

  /** How many messages the board holds. */
  count(): number;

  /**
   * Carries out what is waiting, and closes the store; a second call does nothing.
   *
   * @returns rejects with a {@linkcode StoreError} when not everything could be put in its place; what was acknowledged is on the board at the next start
   * nevertheless
   */
  [Symbol.asyncDispose](): Promise<void>;
}
