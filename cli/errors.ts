/** Thrown when the command line is wrong: exit code 64. */
export class UsageError extends Error {
  /** The name of this class. */
  override readonly name = "UsageError";
}

/** Thrown when an environment variable, the token file or the file of authorities is wrong: exit code 78; in `serve`, 71 for the token file. */
export class ConfigurationError extends Error {
  /** The name of this class. */
  override readonly name = "ConfigurationError";
}

/** Thrown when output cannot be written, as on a full disk: exit code 70. */
export class OutputError extends Error {
  /** The name of this class. */
  override readonly name = "OutputError";
}
