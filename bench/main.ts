import { flag, nearest, optionsHelp, print, readOptions, text, UsageError } from "../cli/mod.ts";
import { readMachine } from "./machine.ts";
import { MissingPeer } from "./missing.ts";
import { FULL, SMOKE } from "./pairs.ts";
import { runWell } from "./process.ts";
import { type Outcome, renderOutcomes, renderReport, replaceReport, type Report } from "./report.ts";
import type { Row } from "./figure.ts";
import { ROWS } from "./rows/mod.ts";
import { measureSweep } from "./sweep.ts";
import { ROOT, Workplace } from "./workplace.ts";

const OPTIONS = {
  json: text({ value: "FILE", default: "", commandLineOnly: true, help: "also write the figures to a file" }),
  write: flag({ commandLineOnly: true, help: "also put the table into docs/performance.md" }),
  smoke: flag({
    commandLineOnly: true,
    help: "only try whether each row can be measured, in seconds; the figures mean nothing",
  }),
  help: flag({ short: "h", commandLineOnly: true, help: "print this and exit" }),
};

const SWEEP = "sweep";
const NAMES = [...ROWS.map(({ name }) => name), SWEEP];

const HELP = `Usage: deno task bench [OPTION]... [NAME]...

Measures Recado beside its peers and prints the goal table with today's figures, or the rows with these names. All of it takes about eight minutes, and
nothing is begun after nine. Nothing else should run meanwhile. Peers that are not installed are left out.

Names: ${NAMES.join(" ")}
(${SWEEP} is no row: it is what 'deno task bench:plot' draws, and is in the file of --json)

Options:
`;

const DOCUMENT = `${ROOT}docs/performance.md`;

/** Nothing is begun after this time, in milliseconds, so that all of it ends within ten minutes. */
const BOUND = 540_000;

/** Measures what the command line names, and returns the exit code: 1 when something could not be measured, other than for a missing peer. */
async function bench(args: readonly string[]): Promise<number> {
  const { values, operands } = await readOptions(OPTIONS, args, () => undefined);
  if (values.help) {
    await print(Deno.stdout, HELP + optionsHelp(OPTIONS));
    return 0;
  }
  const unknown = operands.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UsageError(`Unknown row ${JSON.stringify(unknown)}${nearest(unknown, NAMES)}`);
  if (values.write && operands.length > 0) throw new UsageError("--write is for the whole table, not for some rows");
  // the servers are started as they are by default
  for (const name of Object.keys(Deno.env.toObject())) if (name.startsWith("RECADO_")) Deno.env.delete(name);

  using workplace = new Workplace(values.smoke ? SMOKE : FULL);
  Deno.addSignalListener("SIGINT", () => {
    workplace[Symbol.dispose]();
    Deno.exit(130);
  });
  const wanted = (name: string) => operands.length === 0 || operands.includes(name);
  const report: Report = {
    machine: readMachine(workplace.folder),
    date: new Date().toISOString().slice(0, 10),
    rows: [],
  };
  for (const row of ROWS.filter(({ name }) => wanted(name))) report.rows.push(await measureRow(row, workplace));
  const sweep = wanted(SWEEP) && (values.smoke || values.json !== "" || operands.includes(SWEEP))
    ? await attempt(SWEEP, async () => ({ sweep: await measureSweep(workplace) }))
    : {};
  Object.assign(report, "sweep" in sweep ? sweep : {});

  await print(Deno.stdout, values.smoke ? renderOutcomes(report) : renderReport(report));
  if (values.json !== "") await Deno.writeTextFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  else if (operands.includes(SWEEP)) await print(Deno.stdout, `${JSON.stringify(report.sweep)}\n`);
  if (values.write) await write(report);
  return [...report.rows, sweep].some((outcome) => "failed" in outcome) ? 1 : 0;
}

async function measureRow(row: Row, workplace: Workplace): Promise<Outcome> {
  const { name, work, against } = row;
  return { name, work, against, ...await attempt(name, async () => ({ figures: await row.measure(workplace) })) };
}

/** What went wrong becomes a part of the report: the other rows are measured all the same. */
async function attempt<T>(
  name: string,
  measure: () => Promise<T>,
): Promise<T | { leftOut: string } | { failed: string }> {
  if (performance.now() > BOUND) return { leftOut: "there was no time left" };
  try {
    return await measure();
  } catch (error) {
    if (error instanceof MissingPeer) return { leftOut: error.message };
    console.error(`bench: ${name}:`, error);
    return { failed: (error as Error).message };
  } finally {
    console.error(`bench: ${name} done after ${Math.round(performance.now() / 1000)} s`);
  }
}

async function write(report: Report): Promise<void> {
  await Deno.writeTextFile(DOCUMENT, replaceReport(await Deno.readTextFile(DOCUMENT), report));
  await runWell([Deno.execPath(), "fmt", "--quiet", DOCUMENT], { cwd: ROOT });
}

try {
  Deno.exit(await bench(Deno.args)); // a listener for a signal would keep it alive
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench: ${error.message}`);
  Deno.exit(64);
}
