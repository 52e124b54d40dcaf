import type { ChildOptions } from "./child.ts";

/** Whether system calls can be traced here: tests that need it are skipped by name where not. */
export const hasStrace: boolean = (() => {
  try {
    const args = ["-f", "-qq", "-o", "/dev/null", "true"];
    return new Deno.Command("strace", { args, stderr: "null" }).outputSync().success;
  } catch {
    return false; // it is not installed
  }
})();

/** What is traced. */
export interface Trace {
  /** The system calls. */
  calls: readonly string[];
  /** Only those that have to do with one of these files. */
  paths?: readonly string[];
  /** What is done to them: `signal=KILL:when=3`, `error=EIO:when=2+`. */
  inject?: string;
  /** To which of the calls; to all unless it is said. */
  injected?: readonly string[];
  /** Commands of `sh` that are run first, in the process that is traced. */
  inside?: string;
  /** The most bytes of a buffer that are written down; 32 unless it is said. */
  size?: number;
}

/**
 * Starts a child under `strace`, which is a process apart: the child's number is its own.
 *
 * @param log where the calls are written down
 */
export function traced(
  log: string,
  { calls, paths = [], inject, injected = calls, inside = ":", size = 32 }: Trace,
): ChildOptions {
  const words = [
    ...[
      "strace",
      "-D",
      "-f",
      "-qq",
      "-y",
      "-s",
      `${size}`,
      "-o",
      log,
      "-e",
      `trace=${calls.join(",")}`,
    ],
    ...inject === undefined ? [] : ["-e", `inject=${injected.join(",")}:${inject}`],
    ...paths.flatMap((path) => ["-P", path]),
  ];
  const command = [...words, "sh", "-c"].map((word) => `'${word}'`).join(" ");
  return { before: `exec ${command} '${inside.replaceAll("'", "'\\''")}; exec "$@"' sh "$@"` };
}

/** The system calls in a log of strace's, a line each, also those in whose middle another thread's call stands. */
export async function* callsIn(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path);
  let rest = "";
  // what one thread has begun is told apart from its end when another one's call comes between
  const unfinished = new Map<string, string>();
  for await (const piece of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [thread] = line.split(" ", 1);
      if (line.endsWith(" <unfinished ...>")) {
        unfinished.set(thread, line.slice(0, -" <unfinished ...>".length));
      } else {
        yield line.replace(/^\d+ +<\.\.\. \w+ resumed>/, () => unfinished.get(thread) ?? "");
      }
    }
  }
}
