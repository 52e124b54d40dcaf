/** The exit codes of `recado`, after sysexits.h; scripts rely on them (README.md, "Exit codes"). */
export const ExitCode = {
  /** Done. */
  Ok: 0,
  /** The server refused the request: 400 to 403. */
  Refused: 1,
  /** The command line is wrong. */
  Usage: 64,
  /** The input is wrong. */
  BadInput: 65,
  /** The input cannot be read. */
  NoInput: 66,
  /** The host name is unknown or invalid. */
  NoHost: 68,
  /** The connection was refused or lost: 504, 505. */
  Unavailable: 69,
  /** The program itself failed. */
  Internal: 70,
  /** The server cannot listen, open its store, or use its token or certificate. */
  CannotServe: 71,
  /** No answer came in time. */
  TimedOut: 75,
  /** What came is not an answer to the request. */
  BadAnswer: 76,
  /** The server asks for a token, or refuses the one that it was shown. */
  NotLetIn: 77,
  /** An environment variable is wrong; in `send`, also the token file or the file of authorities. */
  Configuration: 78,
  /** The shell was ended by SIGHUP. */
  HungUp: 129,
  /** Interrupted by a signal. */
  Interrupted: 130,
  /** The shell was ended by SIGTERM. */
  Terminated: 143,
} as const;

/** One of the numbers in {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
