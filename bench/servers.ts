import { descriptorsFor } from "./load.ts";
import { MissingPeer } from "./missing.ts";
import { Process, run } from "./process.ts";
import { ROOT, type Workplace } from "./workplace.ts";

/** What Recado and the responders say when they can be asked. */
const LISTENING = /Listening on 127\.0\.0\.1:(\d+)/;

/** A server to be measured. */
export interface Target extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** How a server is started. */
export interface TargetOptions {
  /** On disk, each answered write synced; in memory unless it is said. */
  durable?: boolean;
  /** How many clients it must have room for. */
  connections?: number;
  /** Where it keeps its files; a new folder unless it is said. */
  folder?: string;
}

/**
 * Starts Recado from its sources, as `deno task serve` does.
 *
 * @param workplace where it may keep its files
 */
export async function startRecado(workplace: Workplace, options: TargetOptions = {}): Promise<Target> {
  const store = options.durable ? `sqlite:${options.folder ?? workplace.newFolder()}/board.db` : "memory";
  return await started(
    [...taskCommand("serve"), "--port", "0", "--store", store],
    LISTENING,
    options,
  );
}

/**
 * Starts Redis, which keeps nothing on disk or, `durable`, syncs its log before it answers.
 *
 * @param workplace where it may keep its files
 * @throws {MissingPeer} when it is not installed
 */
export async function startRedis(workplace: Workplace, options: TargetOptions = {}): Promise<Target> {
  const port = freePort();
  const keeping = options.durable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
  return await started(
    [
      ...["redis-server", "--port", `${port}`, "--bind", "127.0.0.1", "--dir", options.folder ?? workplace.newFolder()],
      // the same room for clients that come at once as Recado has
      ...["--save", "", "--tcp-backlog", "4096", ...keeping],
    ],
    /Ready to accept connections/,
    options,
    port,
  );
}

/**
 * Starts the responder of `peers/responder.ts`.
 *
 * @param workplace where it may keep its file
 * @param length of each of its answers, in bytes
 */
export async function startResponder(
  workplace: Workplace,
  length: number,
  { durable = false }: Pick<TargetOptions, "durable"> = {},
): Promise<Target> {
  const program = new URL("peers/responder.ts", import.meta.url).pathname;
  const command = durable
    ? ["-A", program, `${length}`, `${workplace.newFolder()}/log`]
    : ["--allow-net", program, `${length}`];
  return await started([Deno.execPath(), "run", ...command], LISTENING, {});
}

/**
 * Starts the responder of `peers/board_responder.ts`.
 *
 * @param length of the listing, in bytes
 */
export async function startBoardResponder(length: number): Promise<Target> {
  const program = new URL("peers/board_responder.ts", import.meta.url).pathname;
  return await started(
    [Deno.execPath(), "run", "--allow-net", program, `${length}`],
    LISTENING,
    {},
  );
}

/**
 * The command of a task of deno.json, with this very Deno.
 *
 * @param name of the task
 */
export function taskCommand(name: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [, ...args] = (tasks[name].command as string).replaceAll("'", "").split(" ");
  return [Deno.execPath(), ...args];
}

async function started(
  command: readonly string[],
  ready: RegExp,
  { connections = 0 }: TargetOptions,
  port?: number,
): Promise<Target> {
  const descriptors = descriptorsFor(connections);
  if (descriptors !== undefined) await checkLimit(descriptors);
  const process = new Process(command, { cwd: ROOT, descriptors });
  try {
    const [, said] = await process.printed(ready);
    return {
      port: port ?? Number(said),
      pid: process.pid,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

async function checkLimit(descriptors: number): Promise<void> {
  const { code } = await run(["true"], { descriptors });
  if (code !== 0) throw new MissingPeer(`a program may not open ${descriptors} files here`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
