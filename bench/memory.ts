/** What a process holds in memory. */
export interface Memory {
  /** Now, in bytes (VmRSS). */
  now: number;
  /** At its most, in bytes (VmHWM). */
  peak: number;
}

/**
 * Reads what a process holds in memory, from `/proc`.
 *
 * @param pid the number of the process
 */
export async function memoryOf(pid: number): Promise<Memory> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return { now: readSize(status, "VmRSS"), peak: readSize(status, "VmHWM") };
}

/**
 * A size from the text of `/proc/PID/status`.
 *
 * @param status that text
 * @param field `VmRSS`, for example
 * @returns bytes
 * @throws {Error} when the field is not in it
 */
export function readSize(status: string, field: string): number {
  const kibibytes = status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m"))?.[1];
  if (kibibytes === undefined) throw new Error(`Cannot read ${field} in ${JSON.stringify(status.slice(0, 60))}`);
  return Number(kibibytes) * 1024;
}
