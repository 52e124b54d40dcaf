import { fillBoard } from "../board.ts";
import { compare, type Row } from "../figure.ts";
import { inTurn, median } from "../pairs.ts";
import { MissingPeer } from "../missing.ts";
import { run, runWell } from "../process.ts";
import { REQUEST, TEXT } from "../requests.ts";
import { startRecado, startRedis, taskCommand } from "../servers.ts";
import { ROOT, type Workplace } from "../workplace.ts";

const REQUESTS = 200_000;

/** How often a program is run for one figure: one run takes a few hundredths of a second. */
const RUNS = 10;

const SMALLEST = new URL("../peers/smallest.ts", import.meta.url).pathname;

const ONE_SHOT: Row = {
  name: "send-once",
  work: "one-shot `send`, compiled",
  against: "the smallest Deno program that connects, asks and prints, compiled",
  async measure(workplace) {
    const client = await compileBundle(workplace, `${ROOT}main.ts`, true);
    const smallest = await compileBundle(workplace, SMALLEST, false);
    await using recado = await startRecado(workplace);
    await fillBoard(recado.port, 10);
    const port = `${recado.port}`;
    const rounds = await inTurn(
      workplace.effort,
      () => runTime(workplace, [client, "--port", port, "mostrar"]),
      () => runTime(workplace, [smallest, "--port", port]),
    );
    const sizes = [[client, smallest].map((program) => Deno.statSync(program).size)];
    return [
      compare(rounds, { of: "time", unit: "seconds", goal: { atMost: 1.15 } }),
      compare(sizes, { of: "size", unit: "bytes", goal: { atMost: 1.01 } }),
    ];
  },
};

const BULK: Row = {
  name: "send-bulk",
  work: "`send -` with 200,000 requests",
  against: "`redis-cli --pipe` with 200,000 `SET`",
  async measure(workplace) {
    const count = workplace.scaled(REQUESTS), folder = workplace.newFolder();
    const requests = writeInput(`${folder}/requests`, count, (id) => REQUEST.add.replace("%d", id));
    const commands = writeInput(
      `${folder}/commands`,
      count,
      (id) => `*3\r\n$3\r\nSET\r\n$${id.length}\r\n${id}\r\n$${TEXT.length}\r\n${TEXT}\r\n`,
    );
    const rounds = await inTurn(
      workplace.effort,
      async () => {
        await using recado = await startRecado(workplace);
        const command = [...taskCommand("send"), "--port", `${recado.port}`, "-"];
        return count / (await runWell(command, { cwd: ROOT, stdin: requests, stdout: "/dev/null" })).seconds;
      },
      async () => {
        await using redis = await startRedis(workplace);
        const command = ["redis-cli", "-p", `${redis.port}`, "--pipe"];
        return count / (await runWell(command, { stdin: commands, stdout: "/dev/null" })).seconds;
      },
    );
    return [compare(rounds, { unit: "per second", goal: { atLeast: 0.5 } })];
  },
};

/** The client. */
export const SEND_ROWS: readonly Row[] = [ONE_SHOT, BULK];

/** The middle one of some runs of a program, in seconds. */
async function runTime({ effort }: Workplace, command: readonly string[]): Promise<number> {
  const times: number[] = [];
  while (times.length < Math.max(1, RUNS / effort.divisor)) times.push((await runWell(command)).seconds);
  return median(times);
}

function writeInput(path: string, count: number, request: (id: string) => string): string {
  let text = "";
  for (let id = 1; id <= count; id++) text += request(`${id}`);
  Deno.writeTextFileSync(path, text);
  return path;
}

/**
 * Bundles and compiles a program as the tasks `bundle` and `compile:client` do. `DENO_COMPILER` is the Deno that compiles, where it is not this one; it
 * takes the runtime that it puts into the program from `DENORT_BIN`, if that is set, and otherwise downloads it.
 *
 * @throws {MissingPeer} when there is no runtime to be had
 */
async function compileBundle(workplace: Workplace, entry: string, isClient: boolean): Promise<string> {
  const folder = workplace.newFolder(), bundle = `${folder}/bundle.js`, program = `${folder}/program`;
  await runWell(replaced(taskCommand("bundle"), { "main.ts": entry, "dist/recado.js": bundle }), { cwd: ROOT });
  const [, ...args] = replaced(taskCommand("compile:client"), {
    "dist/recado-client": program,
    "dist/recado.js": bundle,
  });
  const compiler = Deno.env.get("DENO_COMPILER");
  const { code, stderr } = await run([compiler ?? Deno.execPath(), ...isClient ? args : args.slice(0, -1)], {
    cwd: ROOT,
    // two versions of Deno that share a folder slow each other down
    env: compiler === undefined ? {} : { DENO_DIR: `${folder}/deno` },
  });
  if (code === 0) return program;
  if (Deno.env.get("DENORT_BIN") === undefined && /download|denort|sending request/i.test(stderr)) {
    throw new MissingPeer("`deno compile` cannot download its runtime");
  }
  throw new Error(`Cannot compile ${entry}: ${stderr.trim()}`);
}

function replaced(command: readonly string[], replacements: Record<string, string>): string[] {
  return command.map((word) => replacements[word] ?? word);
}
