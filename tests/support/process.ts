/** What the system says of a process: on Linux only. */
export const hasProc: boolean = Deno.build.os === "linux";

/** The memory that a process holds, in bytes (VmRSS). */
export function residentBytes(pid: number): number {
  return 1024 * Number(Deno.readTextFileSync(`/proc/${pid}/status`).match(/VmRSS:\s+(\d+)/)![1]);
}

/** How many descriptors a process has open. */
export function descriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** The processor time of a process, in ticks. */
export function ticks(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** The processor time that the calling thread has had, in seconds. What else the machine does takes time, but not this one. */
export function threadSeconds(): number {
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e9;
}

/** The most memory that a process has held, in bytes (VmHWM). */
export function peakBytes(pid: number): number {
  return 1024 * Number(Deno.readTextFileSync(`/proc/${pid}/status`).match(/VmHWM:\s+(\d+)/)![1]);
}

/** How many ticks a second of {@linkcode ticks} has: USER_HZ, which is the same on every Linux. */
export const TICKS_A_SECOND = 100;
