import { runCommand } from "../cli/mod.ts";
import { sendCommand } from "./command.ts";

/**
 * `recado send` as a program of its own, without the server's code: code in a compiled program costs start time even if it is not used.
 */
if (import.meta.main) await runCommand(() => sendCommand(Deno.args));
