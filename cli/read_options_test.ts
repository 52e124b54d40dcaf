import { assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError, flag, integer, readOptions, text, UsageError } from "./mod.ts";

const OPTIONS = {
  host: text({ value: "HOST", short: "o", default: "here", help: "" }),
  port: integer({ default: 1, min: 0, max: 9, help: "" }),
  quiet: flag({ short: "q", help: "" }),
  null: flag({ short: "0", help: "" }),
  file: text({ value: "FILE", default: "", commandLineOnly: true, help: "" }),
};
const DEFAULTS = { host: "here", port: 1, quiet: false, null: false, file: "" };

const READ: [args: string[], values: Partial<typeof DEFAULTS>, operands: string[], environment?: object][] = [
  [[], {}, []],
  [["--host", "a", "--port=2", "-q"], { host: "a", port: 2, quiet: true }, []],
  [["-oa", "b", "-q0", "-o", "c"], { host: "c", quiet: true, null: true }, ["b"]],
  [["-qoa", "--file=--x=y"], { quiet: true, host: "a", file: "--x=y" }, []],
  [["--host", "-", "--file", "-5"], { host: "-", file: "-5" }, []],
  [["--host=a=b", "--host=\nc"], { host: "\nc" }, []],
  [["-5", "-0", "-", "", "aq", "true", "-5q", "--", "-q", "--", "--port=x"], { null: true }, [
    "-5",
    "-",
    "",
    "aq",
    "true",
    "-5q",
    "-q",
    "--",
    "--port=x",
  ]],
  [["-q", "true"], { quiet: true }, ["true"]],
  [[], { host: "v", port: 3, quiet: true }, [], { RECADO_HOST: "v", RECADO_PORT: "3", RECADO_QUIET: "true" }],
  [["--port", "4"], { port: 4, quiet: true }, [], { RECADO_PORT: "x", RECADO_QUIET: "1" }],
  [[], {}, [], { RECADO_PORT: "", RECADO_QUIET: "0", RECADO_FILE: "not from here" }],
];

const WRONG: [args: string[], error: new (message: string) => Error, message: string, environment?: object][] = [
  [["--prot", "1"], UsageError, 'Unknown option "--prot", did you mean --port'],
  [["--quite=1"], UsageError, 'Unknown option "--quite", did you mean --quiet'],
  [["-x"], UsageError, 'Unknown option "-x"'],
  [["-qx"], UsageError, 'Unknown option "-qx"'],
  [["--__proto__=1"], UsageError, 'Unknown option "--__proto__"'],
  [["--no-quiet"], UsageError, 'Unknown option "--no-quiet", did you mean --quiet'],
  [["--host"], UsageError, "Option --host lacks its value"],
  [["--host="], UsageError, "Option --host lacks its value"],
  [["--host", "--port", "1"], UsageError, "Option --host lacks its value"],
  [["--port", "ten"], UsageError, 'Option --port is "ten", expected an integer from 0 to 9'],
  [["--port", "-1"], UsageError, 'Option --port is "-1", expected an integer from 0 to 9'],
  [["--quiet=yes"], UsageError, "Option --quiet takes no value"],
  [[], ConfigurationError, 'Environment variable RECADO_QUIET is "yes", expected 1, true, 0 or false', {
    RECADO_QUIET: "yes",
  }],
  [[], ConfigurationError, 'Environment variable RECADO_PORT is "10", expected an integer', { RECADO_PORT: "10" }],
];

function read(args: string[], environment: object = {}) {
  return readOptions(OPTIONS, args, (name) => (environment as Record<string, string>)[name]);
}

for (const [args, values, operands, environment] of READ) {
  Deno.test(`options are read from ${JSON.stringify(args)} and ${JSON.stringify(environment ?? {})}`, async () => {
    const line = await read(args, environment);
    assertEquals([line.values, line.operands], [{ ...DEFAULTS, ...values }, operands]);
  });
}

for (const [args, error, message, environment] of WRONG) {
  Deno.test(`options are refused: ${message}`, async () => {
    await assertRejects(() => read(args, environment), error, message);
  });
}
