import { type Figure, isMet, type Row, type Unit } from "./figure.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { Sweep } from "./sweep.ts";

/** What became of a row. */
export type Outcome =
  & Pick<Row, "name" | "work" | "against">
  & ({ figures: Figure[] } | { leftOut: string } | { failed: string });

/** What a run of the bench found out: what `--json` writes. */
export interface Report {
  machine: Machine;
  /** The day, `YYYY-MM-DD`. */
  date: string;
  rows: Outcome[];
  sweep?: Sweep;
}

const HEAD = ["row", "work", "against", "Recado", "peer", "figure", "goal", "met"];
const BEGIN = "<!-- figures: deno task bench --write -->", END = "<!-- end of figures -->";

/**
 * A report as a Markdown table with a line on the machine under it.
 *
 * @param report of a run
 */
export function renderReport({ machine, date, rows }: Report): string {
  const lines = [HEAD, HEAD.map(() => "---"), ...rows.flatMap(renderRow)].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n\nMeasured on ${date}: ${describeMachine(machine)}.\n`;
}

/**
 * Says of each row whether it was measured, and nothing of its figures.
 *
 * @param report of a run
 */
export function renderOutcomes({ rows }: Report): string {
  return rows.map((row) =>
    `${row.name}: ${
      "figures" in row ? "measured" : "leftOut" in row ? `left out: ${row.leftOut}` : `failed: ${row.failed}`
    }\n`
  ).join("");
}

/**
 * Puts a report in the place of the last one in a document.
 *
 * @param document with the two comments that mark the place
 * @param report of a run
 * @throws {Error} when the place is not marked
 */
export function replaceReport(document: string, report: Report): string {
  const begin = document.indexOf(BEGIN), end = document.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`Cannot write the figures: ${BEGIN} and ${END} are not in the document`);
  }
  return `${document.slice(0, begin + BEGIN.length)}\n\n${renderReport(report)}\n${document.slice(end)}`;
}

/** A line for each figure; those after the first leave out what the first has said. */
function renderRow(row: Outcome): string[][] {
  const start = [`\`${row.name}\``, row.work, row.against];
  if ("leftOut" in row) return [[...start, "", "", `left out: ${row.leftOut}`, "", ""]];
  if ("failed" in row) return [[...start, "", "", `failed: ${row.failed.replaceAll(/[\n|]/g, " ")}`, "", ""]];
  return row.figures.map((figure, at) => [
    at === 0 ? start[0] : "",
    (at === 0 ? start[1] : "") + (figure.of === undefined ? "" : at === 0 ? `: ${figure.of}` : figure.of),
    at === 0 ? start[2] : "",
    formatNumber(figure.ours, figure.unit),
    figure.peer === undefined ? "" : formatNumber(figure.peer, figure.unit),
    figure.peer === undefined ? formatNumber(figure.value, figure.unit) : formatNumber(figure.value, "times"),
    formatGoal(figure),
    { true: "yes", false: "no", undefined: "" }[`${isMet(figure)}` as "true" | "false" | "undefined"],
  ]);
}

function formatGoal({ goal, unit, peer }: Figure): string {
  if (goal === undefined) return "";
  const format = (value: number) => peer === undefined ? formatNumber(value, unit) : value.toFixed(2);
  return "atLeast" in goal ? `at least ${format(goal.atLeast)}` : `at most ${format(goal.atMost)}`;
}

/**
 * A number with its unit, in three digits or so.
 *
 * @param value the number
 * @param unit what it counts
 */
export function formatNumber(value: number, unit: Unit): string {
  switch (unit) {
    case "times":
      return value.toFixed(3); // a digit more than the goals have: whether one is met that is just missed can be seen
    case "seconds":
      return value < 1e-3
        ? `${digits(value * 1e6)} µs`
        : value < 1
        ? `${digits(value * 1e3)} ms`
        : `${digits(value)} s`;
    case "per second":
      return `${Math.round(value).toLocaleString("en")}/s`;
    case "bytes":
      return value < 1e6 ? `${digits(value / 1024)} KiB` : `${digits(value / 2 ** 20)} MiB`;
    case "bytes per second":
      return `${digits(value / 1e6)} MB/s`;
  }
}

function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
