import { dirname } from "node:path";
import { fillBoard } from "../board.ts";
import { compileBundle } from "../compile.ts";
import { compare, type Row } from "../figure.ts";
import { inTurn } from "../pairs.ts";
import { runWell } from "../process.ts";
import { REQUEST, TEXT } from "../requests.ts";
import { startRecado, startRedis, taskCommand } from "../servers.ts";
import { ROOT } from "../workplace.ts";

const REQUESTS = 200_000;

/** How often the two programs are run in turn: one run takes a few hundredths of a second, and wanders. */
const RUNS = 50;

const SMALLEST = new URL("../peers/smallest.ts", import.meta.url).pathname;

const ONE_SHOT: Row = {
  name: "send-once",
  work: "one-shot `send`, compiled",
  against: "the smallest Deno program that connects, asks and prints, compiled",
  async measure(workplace) {
    const client = await compileBundle(workplace, `${ROOT}client/main.ts`);
    const smallest = await compileBundle(workplace, SMALLEST);
    await using recado = await startRecado(workplace);
    await fillBoard(recado.port, 10);
    const port = `${recado.port}`;
    // the runtime keeps a program's compiled code among the temporary files by its name, which is the same for both
    const run = async (program: string, ...args: string[]) =>
      (await runWell([program, ...args], { env: { TMPDIR: dirname(program) } })).seconds;
    const runs = Math.max(1, RUNS / workplace.effort.divisor);
    const rounds = await inTurn(
      { ...workplace.effort, rounds: runs, leastRounds: runs },
      () => run(client, "--port", port, "mostrar"),
      () => run(smallest, port),
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

function writeInput(path: string, count: number, request: (id: string) => string): string {
  let text = "";
  for (let id = 1; id <= count; id++) text += request(`${id}`);
  Deno.writeTextFileSync(path, text);
  return path;
}
