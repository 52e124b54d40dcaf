/** Thrown when a store cannot be opened, read or written; the engine's own error is its `cause`. */
export class StoreError extends Error {
  /** The name of this class. */
  override readonly name = "StoreError";
}
