import { readFileSystem } from "./file_system.ts";

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  /** In GiB. */
  memory: number;
  kernel: string;
  /** What the boards are on. */
  fileSystem: string;
  deno: string;
  /** `undefined` where it is not installed. */
  redis: string | undefined;
}

/**
 * Looks at the machine that this program runs on.
 *
 * @param folder where the boards are
 */
export function readMachine(folder: string): Machine {
  return {
    cpu: cpuModel(attempt(() => Deno.readTextFileSync("/proc/cpuinfo")) ?? ""),
    cores: navigator.hardwareConcurrency,
    memory: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    fileSystem: attempt(() => readFileSystem(folder)) ?? "unknown file system",
    deno: Deno.version.deno,
    redis: attempt(() => new Deno.Command("redis-server", { args: ["--version"] }).outputSync())
      ?.stdout.reduce((text, byte) => text + String.fromCharCode(byte), "").match(/v=(\S+)/)?.[1],
  };
}

/**
 * The first processor in the text of `/proc/cpuinfo`: its name, and where they are known its family and model, for a virtual machine may give
 * processors of several generations one name.
 *
 * @param text that file
 */
export function cpuModel(text: string): string {
  const [name, family, model] = ["model name", "cpu family", "model"].map((key) =>
    text.match(new RegExp(`^${key}\\s*: (.+)$`, "m"))?.[1]
  );
  if (name === undefined) return "unknown processor";
  return family === undefined || model === undefined ? name : `${name} (family ${family}, model ${model})`;
}

/** The machine in one line. */
export function describeMachine({ cpu, cores, memory, kernel, fileSystem, deno, redis }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory} GiB, ${kernel}, ${fileSystem}, Deno ${deno}, ${
    redis ? `Redis ${redis}` : "no Redis"
  }`;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined; // what cannot be known is left out
  }
}
