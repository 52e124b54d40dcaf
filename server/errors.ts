/**
 * Thrown when a server cannot start as it was told to, for a reason that its operator can fix: an address or a path that cannot be listened on, a
 * certificate or a key that cannot be used. The system's own error is its `cause`.
 */
export class ServeError extends Error {
  /** The name of this class. */
  override readonly name = "ServeError";
}
