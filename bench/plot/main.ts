// A project of its own, with its own lock file: what is in the lock file of the root is downloaded by everyone who starts the server.
import { init } from "echarts";
import type { Report } from "../report.ts";
import type { Point } from "../sweep.ts";

/** Draws the curves in the file of `deno task bench --json FILE` as docs/throughput.svg: `deno task bench:plot FILE`. */

const WIDTH = 880, HEIGHT = 400;

/** Colours that are readable on white and on black, for the picture has no background of its own. */
const TEXT = "#7d8590", GRID = "#7d859055", RECADO = "#2f81f7", REDIS = "#e5534b";

/**
 * Two charts side by side: throughput against connections, and against depth.
 *
 * @param report with its sweep
 * @throws {Error} when the report has no sweep
 */
export function drawSweep({ sweep }: Report): string {
  if (sweep === undefined) throw new Error("Cannot draw the curves: the report has no sweep");
  const panels: [axis: string, points: Point[], left: string][] = [
    ["connections, one request at a time each", sweep.connections, "7%"],
    ["requests at a time on each of 50 connections", sweep.depth, "57%"],
  ];
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    color: [RECADO, REDIS],
    textStyle: { color: TEXT, fontSize: 13 },
    legend: { data: ["Recado", "Redis"], top: 6, textStyle: { color: TEXT, fontSize: 14 } },
    title: panels.map(([, , left]) => ({
      text: "thousand requests a second",
      left,
      top: 32,
      textStyle: { color: TEXT, fontSize: 13, fontWeight: "normal" },
    })),
    grid: panels.map(([, , left]) => ({ left, width: "40%", top: 64, bottom: 56 })),
    xAxis: panels.map(([name, points], gridIndex) => ({
      gridIndex,
      name,
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: { color: TEXT, fontSize: 13 },
      type: "category",
      data: points.map(({ at }) => at.toLocaleString("en")),
      axisLabel: { color: TEXT },
      axisLine: { lineStyle: { color: TEXT } },
    })),
    yAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: "value",
      axisLabel: { color: TEXT },
      splitLine: { lineStyle: { color: GRID } },
    })),
    series: panels.flatMap(([, points], at) => [
      line("Recado", at, points.map(({ recado }) => recado), "circle"),
      line("Redis", at, points.map(({ redis }) => redis), "diamond"),
    ]),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function line(name: string, panel: number, values: number[], symbol: string) {
  return {
    name,
    type: "line",
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: values.map((value) => Math.round(value / 100) / 10),
    symbol,
    symbolSize: 9,
    lineStyle: { width: 2.5 },
  };
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) throw new Error("Cannot draw the curves: expected the FILE of deno task bench --json FILE");
  const target = new URL("../../docs/throughput.svg", import.meta.url);
  await Deno.writeTextFile(target, drawSweep(JSON.parse(await Deno.readTextFile(file))) + "\n");
}
