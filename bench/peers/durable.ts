import fs from "node:fs";

/** Of the system, of the file, and of the largest write, in bytes. */
const BLOCK = 4096, FILE_SIZE = 4_194_304, BUFFER_SIZE = 262_144;

/**
 * Makes bytes durable as cheaply as can be: at the end of a turn of the event loop, one write past the system's cache, synced, for all of them. What they were
 * is not kept.
 *
 * @param path of a file that is to be made
 * @returns takes a number of bytes; what it returns resolves when as many are durable
 */
export function durableWriter(path: string): (bytes: number) => Promise<void> {
  // aligned to pages, as direct writes need it
  const blocks = new Uint8Array(new WebAssembly.Memory({ initial: BUFFER_SIZE / 65_536 }).buffer);
  const file = open(path);
  for (let at = 0; at < FILE_SIZE; at += BUFFER_SIZE) fs.writeSync(file, blocks, 0, BUFFER_SIZE, at);
  fs.fsyncSync(file);
  let held = 0, end = 0, waiting: (() => void)[] = [];
  const commit = () => {
    const size = Math.min(Math.ceil(held / BLOCK) * BLOCK, BUFFER_SIZE), durable = waiting;
    if (end + size > FILE_SIZE) end = 0;
    fs.writeSync(file, blocks, 0, size, end);
    end += size;
    held = 0;
    waiting = [];
    for (const resolve of durable) resolve();
  };
  return (bytes) => {
    held += bytes;
    return new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(commit);
    });
  };
}

function open(path: string): number {
  const { O_CREAT, O_RDWR, O_DIRECT, O_DSYNC } = fs.constants, synced = O_CREAT | O_RDWR | O_DSYNC;
  try {
    return fs.openSync(path, synced | O_DIRECT, 0o600);
  } catch {
    return fs.openSync(path, synced, 0o600); // not every file system can do it
  }
}
