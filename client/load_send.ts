import type { Command, ExitCode } from "../cli/mod.ts";

/** `recado send`. */
export interface SendCommand {
  /** What its command line takes. */
  SEND: Command;
  /** Runs it; gives the exit code. */
  sendCommand(args: readonly string[]): Promise<ExitCode>;
}

/** Loads `recado send`. Programs that use only the library need not wait for it, nor have its dependencies. */
export async function loadSend(): Promise<SendCommand> {
  return await import("./command.ts");
}
