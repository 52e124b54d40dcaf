import type { Command, ExitCode } from "../cli/mod.ts";

/** `recado send`. */
export interface SendCommand {
  /** What its command line takes. */
  SEND: Command;
  /** Runs it; gives the exit code. */
  sendCommand(args: readonly string[]): Promise<ExitCode>;
}

/** Loads `recado send`, which a program that uses the library must neither wait for nor be able to resolve. */
export async function loadSend(): Promise<SendCommand> {
  return await import("./command.ts");
}
