import { MissingPeer } from "./missing.ts";
import { Process, run, runWell } from "./process.ts";
import { cached } from "./workplace.ts";

/** What `load.c` is told; its head says what each means. */
export interface LoadOptions {
  port: number;
  connections: number;
  depth?: number;
  seconds: number;
  warmUp?: number;
  firstId?: number;
  /** `%r` draws from 1 to this. */
  ids?: number;
  /** Opens all connections at once. */
  atOnce?: boolean;
  /** So many connections send the last template only, and the others those before it. */
  readers?: number;
  /** How a good answer is known: `POSITION:CHARACTER`. */
  good: string;
  /** The requests that every connection sends in turn. */
  templates: readonly string[];
}

/** What it measured; waits in microseconds. */
export interface LoadResult {
  seconds: number;
  answers: number;
  /** Those among them that the readers got. */
  readAnswers: number;
  bytes: number;
  wrong: number;
  /** Connections that were never answered. */
  unserved: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

const SOURCE = new URL("load.c", import.meta.url);

/** Files that a program has open besides its connections. */
const OTHER_FILES = 100;

/** How many files a program may have open everywhere. */
const USUAL_LIMIT = 1024;

/**
 * How many descriptors to ask for when that many connections are open, or `undefined` when the usual limit will do.
 *
 * @param connections how many
 */
export function descriptorsFor(connections: number): number | undefined {
  return connections + OTHER_FILES > USUAL_LIMIT ? connections + OTHER_FILES : undefined;
}

/**
 * Loads a server and measures what comes back.
 *
 * @param options where, how much, with what
 * @throws {MissingPeer} when the generator cannot be compiled here
 * @throws {Error} when the server loses a connection, or answers with a refusal
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { stdout } = await runWell(await command(options), { descriptors: descriptorsFor(options.connections) });
  const result: LoadResult = JSON.parse(stdout);
  if (result.wrong === 0) return result;
  throw new Error(`Cannot measure ${options.templates[0].trim()}: ${result.wrong} of ${result.answers} were refused`);
}

/**
 * Opens connections, has each answered once, and holds them open until it is disposed of.
 *
 * @param options where, how many, with what
 */
export async function hold(options: LoadOptions): Promise<AsyncDisposable> {
  return await holder(options, "hold=1");
}

/**
 * Opens connections that each send a byte of the first template a second, its last one again and again, until it is disposed of.
 *
 * @param options where, how many, with what
 */
export async function drip(options: LoadOptions): Promise<AsyncDisposable> {
  return await holder(options, "drip=1");
}

async function holder(options: LoadOptions, how: string): Promise<AsyncDisposable> {
  const holder = new Process([...await command(options, how)], {
    descriptors: descriptorsFor(options.connections),
  });
  try {
    await holder.printed(/"answers"/);
    return holder;
  } catch (error) {
    await holder[Symbol.asyncDispose]();
    throw error;
  }
}

async function command(options: LoadOptions, ...more: string[]): Promise<string[]> {
  const { port, connections, depth = 1, seconds, warmUp = 0, firstId = 1_000_000_000, ids = 1, good } = options;
  return [
    await compiled(),
    `port=${port}`,
    `connections=${connections}`,
    `depth=${depth}`,
    `seconds=${seconds}`,
    `warm-up=${warmUp}`,
    `first-id=${firstId}`,
    `ids=${ids}`,
    `good=${good}`,
    `at-once=${options.atOnce ? 1 : 0}`,
    `readers=${options.readers ?? 0}`,
    ...more,
    "--",
    ...options.templates,
  ];
}

let compiling: Promise<string> | undefined;

/** The compiled generator: made when its source has changed, or was never compiled here. */
function compiled(): Promise<string> {
  return compiling ??= compile();
}

async function compile(): Promise<string> {
  if (Deno.build.os !== "linux") throw new MissingPeer("the load generator needs Linux");
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(SOURCE));
  const program = cached(`load-${new Uint8Array(digest).toHex().slice(0, 16)}`);
  if (await run([program]).then(({ code }) => code === 2, () => false)) return program;
  await Deno.mkdir(cached(""), { recursive: true });
  // made aside, for another run may be making it, too
  const made = `${program}-${Deno.pid}`;
  const { code, stderr } = await run(["cc", "-O2", "-o", made, SOURCE.pathname]);
  if (code !== 0) throw new Error(`Cannot compile ${SOURCE.pathname}: ${stderr.trim()}`);
  await Deno.rename(made, program);
  return program;
}
