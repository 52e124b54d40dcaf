import { runCommand } from "../cli/mod.ts";
import { sendCommand } from "./command.ts";

/**
 * `recado send` as a program of its own, without the server's code: what is in a compiled program but not needed costs its start time all the same.
 */
if (import.meta.main) await runCommand(() => sendCommand(Deno.args));
