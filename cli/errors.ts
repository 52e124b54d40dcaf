/** Thrown when the command line is wrong: exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Thrown when an environment variable is wrong: exit code 78. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
