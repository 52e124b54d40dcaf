import { responseLine, type Status } from "../../protocol/mod.ts";

/** The statuses of lines, in order. */
export function statuses(lines: string): number[] {
  return lines.split("\n").slice(0, -1).map((line) => JSON.parse(line).status);
}

/** The lines of answers without `data`. */
export function lines(...statuses: Status[]): string {
  return statuses.map((status) => responseLine(status)).join("");
}

/** The line of an answer, as the protocol has it. */
export function line(status: number, message: string, data = ""): string {
  return `{"status": ${status}, "message": "${message}", "data": ${JSON.stringify(data)}}\n`;
}

/** The last line before the server closes. */
export function closing(reason: string): string {
  return line(505, "Conexão encerrada", reason);
}
