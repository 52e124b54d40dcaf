/** Thrown when a store cannot be opened, read or written; the engine's own error is its `cause`. */
export class StoreError extends Error {
  /** The name of this class. */
  override readonly name = "StoreError";
}

/** Called with a line about something that has failed, though nothing is refused or lost for it yet. */
export type Warn = (message: string) => void;

/** Thrown when a row of a board has something that no Recado has written. */
export class DamagedRunError extends Error {
  /** The name of this class. */
  override readonly name = "DamagedRunError";

  /** @param number of the run */
  constructor(number: number) {
    super(`run ${number} is damaged`);
  }
}
