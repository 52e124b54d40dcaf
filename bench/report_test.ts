import { assertEquals, assertThrows } from "@std/assert";
import { alone, compare, isMet } from "./figure.ts";
import { mountOf } from "./file_system.ts";
import { cpuModel, describeMachine } from "./machine.ts";
import { readSize } from "./memory.ts";
import { inSlices, inTurn, median, SMOKE } from "./pairs.ts";
import { formatNumber, renderOutcomes, renderReport, replaceReport, type Report } from "./report.ts";

const MACHINE = {
  cpu: "Fast 1",
  cores: 2,
  memory: 4,
  kernel: "linux 6",
  fileSystem: "ext4",
  deno: "2.9.6",
  redis: undefined,
};
const REPORT: Report = {
  machine: MACHINE,
  date: "2026-01-02",
  rows: [
    {
      name: "add",
      work: "adding",
      against: "Redis",
      figures: [
        { unit: "per second", ours: 80_000, peer: 100_000, value: 0.8, rounds: [], goal: { atLeast: 0.9 } },
        { of: "memory", unit: "bytes", ours: 9216, value: 9216, rounds: [], goal: { atMost: 10_240 } },
      ],
    },
    { name: "send", work: "sending", against: "redis-cli", leftOut: "redis-cli is not installed" },
  ],
};

Deno.test("the median is the middle one, or the mean of the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([10, 9, 1, 2]), 5.5);
  assertThrows(() => median([]), Error, "no numbers");
});

Deno.test("a figure is the median of the ratios of each pair, not the ratio of the medians", () => {
  const figure = compare([[1, 2], [10, 10], [6, 3]], { unit: "per second" });
  assertEquals([figure.ours, figure.peer, figure.value], [6, 3, 1]);
  assertEquals(alone([3, 1, 2], { unit: "seconds" }), { unit: "seconds", ours: 2, value: 2, rounds: [[3], [1], [2]] });
});

Deno.test("a goal is met at its very bound; a figure without one is neither", () => {
  const figure = { unit: "seconds", ours: 2, value: 2, rounds: [] } as const;
  assertEquals(isMet({ ...figure, goal: { atMost: 2 } }), true);
  assertEquals(isMet({ ...figure, goal: { atLeast: 2.1 } }), false);
  assertEquals(isMet(figure), undefined);
});

Deno.test("things are measured in turn, and fewer times when the row has passed its bound", async () => {
  const seen: string[] = [];
  const measure = (name: string) => () => Promise.resolve(seen.push(name));
  await inTurn({ ...SMOKE, rounds: 5, leastRounds: 2, rowBound: 0 }, measure("ours"), measure("peer"));
  assertEquals(seen, ["ours", "peer", "ours", "peer"]);
});

Deno.test("what is compared is measured in slices in turn, after a warm-up that does not count", async () => {
  const seen: string[] = [];
  const measure = (name: string, amounts: number[]) => ({ number, seconds }: { number: number; seconds: number }) => {
    seen.push(`${name} ${number} ${seconds}`);
    return Promise.resolve({ amount: amounts[number], seconds: 2 * seconds });
  };
  const effort = { ...SMOKE, seconds: 1, slices: 2, warmUp: 0.6 };
  assertEquals(await inSlices(effort, measure("ours", [99, 99, 4, 6]), measure("peer", [99, 99, 1, 1])), [5, 1]);
  assertEquals(seen, [0, 1, 2, 3].flatMap((number) => [`ours ${number} 0.5`, `peer ${number} 0.5`]));
});

Deno.test("the table has a line for each figure and for each row left out, and the machine under it", () => {
  assertEquals(
    renderReport(REPORT),
    `| row | work | against | Recado | peer | figure | goal | met |
| --- | --- | --- | --- | --- | --- | --- | --- |
| \`add\` | adding | Redis | 80,000/s | 100,000/s | 0.800 | at least 0.90 | no |
|  | memory |  | 9.00 KiB |  | 9.00 KiB | at most 10.0 KiB | yes |
| \`send\` | sending | redis-cli |  |  | left out: redis-cli is not installed |  |  |

Measured on 2026-01-02: Fast 1, 2 cores, 4 GiB, linux 6, ext4, Deno 2.9.6, no Redis.
`,
  );
});

Deno.test("a smoke run says what could be measured, without figures", () => {
  assertEquals(renderOutcomes(REPORT), "add: measured\nsend: left out: redis-cli is not installed\n");
});

Deno.test("a report takes the place of the last one in a document", () => {
  const frame = (inside: string) =>
    `before\n<!-- figures: deno task bench --write -->${inside}<!-- end of figures -->\nafter`;
  assertEquals(replaceReport(frame("\nold\n"), REPORT), frame(`\n\n${renderReport(REPORT)}\n`));
  assertThrows(() => replaceReport("nothing marked", REPORT), Error, "are not in the document");
});

Deno.test("numbers have a unit that keeps them short", () => {
  assertEquals(formatNumber(0.000_022_8, "seconds"), "22.8 µs");
  assertEquals(formatNumber(0.0283, "seconds"), "28.3 ms");
  assertEquals(formatNumber(1.061, "seconds"), "1.06 s");
  assertEquals(formatNumber(85_000_000, "bytes"), "81.1 MiB");
  assertEquals(formatNumber(1_187_000_000, "bytes per second"), "1187 MB/s");
});

Deno.test("what a process holds is read from its status, in bytes", () => {
  const status = "Name:\tdeno\nVmHWM:\t   65536 kB\nVmRSS:\t    1024 kB\n";
  assertEquals(readSize(status, "VmRSS"), 1_048_576);
  assertEquals(readSize(status, "VmHWM"), 67_108_864);
  assertThrows(() => readSize("Name:\tdeno\n", "VmRSS"), Error, "Cannot read VmRSS");
});

Deno.test("the machine is described in a line", () => {
  assertEquals(cpuModel("processor\t: 0\nmodel name\t: Fast 1\nmodel name\t: Fast 2\n"), "Fast 1");
  assertEquals(
    cpuModel("cpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Fast 1\nstepping\t: 7\n"),
    "Fast 1 (family 6, model 85)",
  );
  assertEquals(cpuModel(""), "unknown processor");
  assertEquals(describeMachine({ ...MACHINE, redis: "7.0" }).endsWith("Deno 2.9.6, Redis 7.0"), true);
});

Deno.test("a path is on what is mounted nearest above it, and of two mounts at one place on the later", () => {
  const mounts = `/dev/a / ext4 rw 0 0
tmpfs /work tmpfs rw 0 0
/dev/b /work xfs rw 0 0
/dev/c /work/a\\040b btrfs rw 0 0
`;
  const typeAt = (path: string) => mountOf(mounts, path)?.type;
  assertEquals(["/", "/works", "/work", "/work/a", "/work/a b/c"].map(typeAt), ["ext4", "ext4", "xfs", "xfs", "btrfs"]);
  assertEquals(mountOf("", "/"), undefined);
});
