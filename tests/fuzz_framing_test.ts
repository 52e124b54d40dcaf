import { seed, sized } from "./support/long.ts";
import type { FramingNews, FramingTask } from "./support/fuzz_framing.ts";

/** A worker that says nothing for so long hangs, whatever else the machine does; in milliseconds. */
const HANGS = 60_000;

Deno.test("fuzzing: streams are split alike however they are cut, each text is read alike both ways, and none takes a second", async () => {
  const name = "fuzzing of the framing";
  const task: FramingTask = { name, seed: seed(name), seconds: sized(35, 1800), least: sized(10_000, 10_000_000) };
  const worker = new Worker(new URL("support/fuzz_framing.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let round = 0, heard = performance.now();
  const watchdog = setInterval(() => {
    if (performance.now() - heard > HANGS) reject(new Error(`Nothing came for ${HANGS} ms behind round ${round}`));
  }, 1000);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<FramingNews>) => {
    heard = performance.now();
    if ("round" in data) round = data.round;
    else if ("found" in data) reject(new Error(data.found));
    else resolve();
  };
  try {
    worker.postMessage(task);
    await promise;
  } finally {
    clearInterval(watchdog);
    worker.terminate();
  }
});
