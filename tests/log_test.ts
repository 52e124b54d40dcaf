import { assert, assertEquals } from "@std/assert";
import { lineLog, type LineLogOptions, maskedSample } from "../server/log/mod.ts";

const decoder = new TextDecoder();

/** A stream of the process that takes what it is given, at once or when it is told to. */
class Sink {
  text = "";
  writes = 0;
  /** What a write waits for. */
  ready: Promise<void> = Promise.resolve();
  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    await this.ready;
    const some = bytes.subarray(0, 10_000);
    this.text += decoder.decode(some);
    return some.length;
  }
  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }
}

/** Logs, and returns what was written by the end. */
async function written(
  options: Partial<LineLogOptions>,
  use: (log: ReturnType<typeof lineLog>) => void | Promise<void>,
): Promise<string[]> {
  const sink = new Sink();
  {
    await using log = lineLog({ form: "text", level: "info", sink, now: () => 0, clock: () => 0, ...options });
    await use(log);
  }
  return sink.lines;
}

Deno.test("log: a line an event, as text", async () => {
  assertEquals(
    await written({ level: "debug" }, (log) => {
      log.info("Listening");
      log.error("Cannot write");
      log.warn("No descriptor");
      log.debug("Client left");
      log.refused(402, "Cannot deletar: id 1 is not on the board");
      log.refused(505, "Request is not JSON", { level: "warn", client: "127.0.0.1:9", sample: '{"op":x}' });
      log.refused(401, "Cannot write", { level: "error" });
    }),
    [
      "Listening",
      "Error: Cannot write",
      "Warning: No descriptor",
      "Debug: Client left",
      "Refused with 402: Cannot deletar: id 1 is not on the board",
      'Refused with 505: Request is not JSON; client 127.0.0.1:9; it begins {"op":x}',
      "Error: Refused with 401: Cannot write",
    ],
  );
});

Deno.test("log: a line an event, as JSON", async () => {
  const lines = await written({ form: "json" }, (log) => {
    log.info("Listening");
    log.refused(505, "Request is not JSON", { level: "warn", client: "[::1]:9", sample: '{"op":' });
  });
  assertEquals(lines.map((line) => JSON.parse(line)), [
    { time: "1970-01-01T00:00:00.000Z", level: "info", message: "Listening" },
    {
      time: "1970-01-01T00:00:00.000Z",
      level: "warn",
      message: "Request is not JSON",
      status: 505,
      client: "[::1]:9",
      sample: '{"op":',
    },
  ]);
});

for (const [at, level] of (["error", "warn", "info", "debug"] as const).entries()) {
  Deno.test(`log: at the level ${level} what is less grave is not told`, async () => {
    const lines = await written({ level }, (log) => {
      log.error("0");
      log.warn("1");
      log.info("2");
      log.debug("3");
    });
    assertEquals(lines.map((line) => Number(line.at(-1))), [0, 1, 2, 3].slice(0, at + 1));
  });
}

Deno.test("log: no event is more than one line, or steers a terminal", async () => {
  const hostile = "a\nError: forged\r\x1b[2J\x9b\u202eb\u2028\0\x7f\u{e0001}\ud800é😀";
  for (const form of ["text", "json"] as const) {
    const [line, ...more] = await written({ form }, (log) => log.refused(504, hostile, { sample: hostile }));
    assertEquals(more, []);
    assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(line), JSON.stringify(line));
    assert(line.includes("é😀"));
    if (form === "json") {
      assertEquals(JSON.parse(line).message, hostile);
    } else assert(line.includes("a\\u{a}Error: forged\\u{d}\\u{1b}[2J"), line);
  }
});

Deno.test("log: a line has an end", async () => {
  for (const form of ["text", "json"] as const) {
    const [line] = await written({ form }, (log) => log.error("x".repeat(1_000_000)));
    assert(line.length < 5000);
  }
});

Deno.test("log: a flood is twenty lines and their number, and hides no other kind", async () => {
  let time = 1_000_000;
  const lines = await written({ clock: () => time }, (log) => {
    for (let n = 0; n < 1000; n++) {
      log.refused(505, "bad", { level: "warn" });
      log.refused(402, "absent");
      time++;
    }
    log.error("Cannot write");
    log.refused(505, "Cannot write", { level: "error" });
    time += 10_000;
    log.refused(402, "absent again");
  });
  const count = (text: string) => lines.filter((line) => line === text).length;
  assertEquals([count("Refused with 505: bad"), count("Refused with 402: absent")], [20, 20]);
  assertEquals(lines.slice(40), [
    "Error: Cannot write",
    "Error: Refused with 505: Cannot write",
    "Refused with 505: 980 more like these in 11 s",
    "Refused with 402: 980 more like these in 11 s",
    "Refused with 402: absent again",
  ]);
});

Deno.test("log: a flood is told the same when the time of day jumps", async () => {
  for (const jump of [-3_600_000, 3_600_000]) {
    let time = 1_000_000, day = 1_000_000_000;
    const lines = await written({ clock: () => time, now: () => day }, (log) => {
      for (let n = 0; n < 15; n++) log.error("before");
      day += jump;
      for (let n = 0; n < 15; n++) log.error("after");
      time += 10_000;
      log.error("later");
    });
    const [more, later] = lines.slice(20);
    assertEquals([lines.length, more, later], [22, "Error: 10 more like these in 10 s", "Error: later"]);
  }
});

Deno.test("log: the number of a flood comes at the end, too", async () => {
  const lines = await written({ form: "json" }, (log) => {
    for (let n = 0; n < 30; n++) log.error("again");
  });
  assertEquals(lines.length, 21);
  assertEquals(JSON.parse(lines[20]), {
    time: "1970-01-01T00:00:00.000Z",
    level: "error",
    message: "10 more like these in 0 s",
  });
});

Deno.test("log: lines that nobody reads are dropped and counted, in bounded memory, and the rest flows again", async () => {
  const sink = new Sink();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  sink.ready = ready;
  let time = 0;
  {
    await using log = lineLog({ form: "text", level: "info", sink, clock: () => time });
    for (let n = 0; n < 1000; n++) {
      log.error(`${n} ${"x".repeat(1000)}`);
      time += 10_000; // each in a window of its own
    }
    assertEquals(sink.writes, 1); // one write waits, and the callers do not
    resolve();
  }
  const told = sink.lines.filter((line) => line.startsWith("Error: "));
  assert(told.length > 200 && told.length < 300, `${told.length}`);
  assertEquals(told.map((line) => parseInt(line.slice(7))), told.map((_, at) => at));
  assertEquals(
    sink.lines.at(-1),
    `Warning: ${1000 - told.length} lines of this log were dropped: nobody read them in time`,
  );
});

Deno.test("log: an error of the stream counts as dropped lines, and the next are tried", async () => {
  const sink = new Sink();
  let failures = 2;
  const failing = {
    write: (bytes: Uint8Array) =>
      failures-- > 0 ? Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")) : sink.write(bytes),
  };
  await using log = lineLog({ form: "text", level: "info", sink: failing });
  for (const message of ["a", "b", "c"]) {
    log.info(message);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals(sink.lines, ["c", "Warning: 2 lines of this log were dropped: nobody read them in time"]);
});

Deno.test("log: a line is written whenever it comes, also just when those before it are out", async () => {
  for (let microtasks = 0; microtasks < 20; microtasks++) {
    const lines = await written({}, async (log) => {
      log.info("a");
      for (let n = 0; n < microtasks; n++) await null;
      log.info("b");
    });
    assertEquals(lines, ["a", "b"], `${microtasks} microtasks later`);
  }
});

Deno.test("log: the end does not wait for a reader that is stuck", async () => {
  const sink = new Sink();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  sink.ready = ready;
  const log = lineLog({ form: "text", level: "info", sink });
  log.info("a");
  await log[Symbol.asyncDispose]();
  assertEquals(sink.text, "");
  resolve();
});

/** What could not be read, and what the log shows of it. */
const SAMPLES: [held: string, sample: string][] = [
  ["", ""],
  ['{"op":"adicionar","id":12,"data":"segredo"', '{"op":"adicionar","id":00,"data":"xxxxxxx"'],
  ['{"op":"autenticar"}{"op":"acompanhar"}', '{"op":"autenticar"}{"op":"xxxxxxxxxx"}'],
  ["{'op': 'segredo'}", "{'xx': 'xxxxxxx'}"],
  ['{"op": mostrar}', '{"op": xxxxxxx}'],
  ['{"data":"it\'s \\"quoted\\" segredo"}', '{"data":"xx\'x ."xxxxxx." xxxxxxx"}'],
  ['{"data":"a"segredo"b"}', '{"data":"x"xxxxxxx"x"}'],
  ["\x1b[2J\0é漢😀\n", ".[0x..... "],
  ["GET /segredo HTTP/1.1", "xxx .xxxxxxx xxxx.0.0"],
  [`[${"a".repeat(100)}`, `[${"x".repeat(59)}...`],
];

for (const [held, sample] of SAMPLES) {
  Deno.test(`log: the sample of ${JSON.stringify(held).slice(0, 40)} has its shape and no text`, () => {
    assertEquals(maskedSample(held), sample);
    if (!held.includes("é")) assertEquals(maskedSample(new TextEncoder().encode(held)), sample);
  });
}

Deno.test("log: what a refusal quotes of a client has its shape and no text; what an error quotes is the server's own", async () => {
  const lines = await written({}, (log) => {
    log.refused(401, 'Cannot adicionar: id is "segredo 12 \\"é\\"", expected an integer, or ""');
    log.refused(403, 'Cannot deletar: id is {"data":"segredo"}, expected an integer');
    log.refused(504, 'Unknown operation "segredo…');
    log.refused(401, 'Cannot write "board.db"', { level: "error" });
  });
  assertEquals(lines, [
    'Refused with 401: Cannot adicionar: id is "xxxxxxx 00 .".."", expected an integer, or ""',
    'Refused with 403: Cannot deletar: id is {"data":"xxxxxxx"}, expected an integer',
    'Refused with 504: Unknown operation "xxxxxxx.',
    'Error: Refused with 401: Cannot write "board.db"',
  ]);
});
