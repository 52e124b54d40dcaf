/** Thrown when the command line is wrong: exit code 64. */
export class UsageError extends Error {
  /** The name of this class. */
  override readonly name = "UsageError";
}

/** Thrown when an environment variable is wrong, or a file of the token or the certificates: exit code 78. */
export class ConfigurationError extends Error {
  /** The name of this class. */
  override readonly name = "ConfigurationError";
}

/** Thrown when what is printed cannot be written, as on a full disk: exit code 70. */
export class OutputError extends Error {
  /** The name of this class. */
  override readonly name = "OutputError";
}
