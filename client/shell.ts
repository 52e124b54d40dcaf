import { type ExitCode, UsageError } from "../cli/mod.ts";
import type { Session } from "./session.ts";

export function runShell(_session: Session): Promise<ExitCode> {
  throw new UsageError("Missing operation");
}
