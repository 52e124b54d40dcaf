/** Thrown when something that a row needs is not installed or not allowed on this machine: the row is left out by name. */
export class MissingPeer extends Error {
  /** The name of this class. */
  override readonly name = "MissingPeer";
}
