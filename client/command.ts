import { ExitCode } from "../cli/mod.ts";
export function sendCommand(_args: string[]): Promise<ExitCode> {
  return Promise.resolve(ExitCode.Ok);
}
