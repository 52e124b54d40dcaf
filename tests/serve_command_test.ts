import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { lines } from "./support/answers.ts";
import { type ChildOptions, run, ServeChild } from "./support/child.ts";
import { unusedPort } from "./support/fake_server.ts";
import { exchange } from "./support/raw_client.ts";
import { shellScript } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { VERSION } from "../version.ts";

const MEMORY = ["--store", "memory"];

/** Command lines that end at once with what is on stdout. */
const INFORMATION: [args: string[], stdout: RegExp][] = [
  [["--help"], /^Usage: recado COMMAND [^]*\n {2}serve [^]*\n {2}send /],
  [["-h"], /^Usage: recado COMMAND /],
  [["--version"], /^recado \d+\.\d+\.\d+\n$/],
  [["serve", "--help"], /^Usage: recado serve [^]*\n {6}--port N .*\[5000\] \(RECADO_PORT\)\n/],
  [["serve", "-h"], /^Usage: recado serve /],
  [["serve", "--version"], new RegExp(`^recado ${VERSION.replaceAll(".", "\\.")}\n$`)],
  [["serve", "--port", "1", "--help"], /^Usage: recado serve /],
];

for (const [args, stdout] of INFORMATION) {
  Deno.test(`command: ${args.join(" ")} writes to stdout alone, and exits 0`, async () => {
    const ended = await run(args);
    assertEquals([ended.code, ended.stderr], [0, ""]);
    assertMatch(ended.stdout, stdout);
  });
}

/** Command lines that are wrong, and the line on stderr. */
const WRONG: [args: string[], line: string][] = [
  [[], "Missing command, serve, send or completions"],
  [["sevre"], 'Unknown command "sevre", did you mean serve'],
  [["toString"], 'Unknown command "toString"'],
  [["bogus"], 'Unknown command "bogus"'],
  [[""], 'Unknown command ""'],
  [["a\x1b[31mb\nc\u202e"], 'Unknown command "a\\u001b[31mb\\nc\\u202e"'],
  [["serve", "--prot", "1"], 'Unknown option "--prot", did you mean --port'],
  [["serve", "--prot=1"], 'Unknown option "--prot", did you mean --port'],
  [["serve", "--max-conections", "1"], 'Unknown option "--max-conections", did you mean --max-connections'],
  [["serve", "--no-demo"], 'Unknown option "--no-demo", did you mean --demo'],
  [["serve", "-x"], 'Unknown option "-x"'],
  [["serve", "--__proto__", "1"], 'Unknown option "--__proto__"'],
  [["serve", "--constructor=1"], 'Unknown option "--constructor"'],
  [["serve", "board.db"], 'Unexpected operand "board.db"'],
  [["serve", "--", "--port"], 'Unexpected operand "--port"'],
  [["serve", "-5"], 'Unexpected operand "-5"'],
  [["serve", "true"], 'Unexpected operand "true"'],
  [["serve", "--demo", "true"], 'Unexpected operand "true"'],
  [["serve", "--port"], "Option --port lacks its value, an integer from 0 to 65535"],
  [["serve", "--port="], "Option --port lacks its value, an integer from 0 to 65535"],
  [["serve", "--port", ""], "Option --port lacks its value, an integer from 0 to 65535"],
  [["serve", "--port", "--demo"], "Option --port lacks its value, an integer from 0 to 65535"],
  [["serve", "--port", "abc"], 'Option --port is "abc", expected an integer from 0 to 65535'],
  [["serve", "--port", "65536"], 'Option --port is "65536", expected an integer from 0 to 65535'],
  [["serve", "--port", "-1"], 'Option --port is "-1", expected an integer from 0 to 65535'],
  [["serve", "--port", "1.5"], 'Option --port is "1.5", expected an integer from 0 to 65535'],
  [["serve", "--port", "0x10"], 'Option --port is "0x10", expected an integer from 0 to 65535'],
  [["serve", "--port", "5000 "], 'Option --port is "5000 ", expected an integer from 0 to 65535'],
  [["serve", "--store", "redis:x"], 'Option --store is "redis:x", expected memory or sqlite:PATH'],
  [["serve", "--store", "sqlite:"], 'Option --store is "sqlite:", expected memory or sqlite:PATH'],
  [["serve", "--max-depth", "0"], 'Option --max-depth is "0", expected an integer from 1 to 1000'],
  [
    ["serve", "--max-request-bytes", "67108865"],
    'Option --max-request-bytes is "67108865", expected an integer from 1 to 67108864',
  ],
  [["serve", "--idle-timeout", "-1"], 'Option --idle-timeout is "-1", expected a time in seconds from 0 to 2147483'],
  [["serve", "--idle-timeout", "1s"], 'Option --idle-timeout is "1s", expected a time in seconds from 0 to 2147483'],
  [["serve", "--demo=1"], "Option --demo takes no value"],
  [["serve", "--demo=false"], "Option --demo takes no value"],
  [["serve", "--help=no"], "Option --help takes no value"],
];

for (const [args, line] of WRONG) {
  Deno.test(`command: ${JSON.stringify(args.join(" "))} is one line on stderr, and exits 64`, async () => {
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout, stderr], [64, "", `recado: ${line}\n`]);
  });
}

/** Environment variables that are wrong, and the line on stderr. */
const WRONG_VARIABLES: [variable: string, value: string, line: string][] = [
  ["RECADO_PORT", "abc", 'Environment variable RECADO_PORT is "abc", expected an integer from 0 to 65535'],
  ["RECADO_STORE", "redis:", 'Environment variable RECADO_STORE is "redis:", expected memory or sqlite:PATH'],
  ["RECADO_DEMO", "yes", 'Environment variable RECADO_DEMO is "yes", expected 1, true, 0 or false'],
  ["RECADO_MAX_DEPTH", "-1", 'Environment variable RECADO_MAX_DEPTH is "-1", expected an integer from 1 to 1000'],
];

for (const [variable, value, line] of WRONG_VARIABLES) {
  Deno.test(`command: ${variable}=${value} is one line on stderr, and exits 78`, async () => {
    const { code, stdout, stderr } = await run(["serve"], { env: { [variable]: value } });
    assertEquals([code, stdout, stderr], [78, "", `recado: ${line}\n`]);
  });
}

Deno.test("command: the start line says where it listens, on what, and nothing goes to stdout", async () => {
  await using folder = new TempFolder();
  await using server = await ServeChild.start(["--store", "sqlite:board.db", "--demo"], { cwd: folder.path });
  assertEquals(server.startLine, `Listening on 127.0.0.1:${server.port}, store sqlite:board.db, 2 messages`);
  server.kill("SIGTERM");
  assertEquals(await server.ended(), {
    code: 0,
    stdout: "",
    stderr: `${server.startLine}\nStopping, 0 clients\nStopped\n`,
  });
});

const TOO_DEEP = '{"op":"mostrar","id":[[[[]]]]}';

/** The depth that is in force, by where it is set. */
const PRECEDENCE: Record<string, [args: string[], options: ChildOptions, depth: 2 | 64]> = {
  "the default": [[], {}, 64],
  "the environment before the default": [[], { env: { RECADO_MAX_DEPTH: "2" } }, 2],
  "an empty variable is none": [[], { env: { RECADO_MAX_DEPTH: "" } }, 64],
  "the option before the environment": [["--max-depth", "64"], { env: { RECADO_MAX_DEPTH: "2" } }, 64],
  "the option before a wrong variable": [["--max-depth=2"], { env: { RECADO_MAX_DEPTH: "x" } }, 2],
  "of an option given twice the last": [["--max-depth", "64", "--max-depth", "2"], {}, 2],
};

for (const [name, [args, options, depth]] of Object.entries(PRECEDENCE)) {
  Deno.test(`command: ${name}`, async () => {
    await using server = await ServeChild.start([...MEMORY, ...args], options);
    const { status } = JSON.parse(await exchange(server.port, TOO_DEEP));
    assertEquals(status, depth === 2 ? 505 : 200);
  });
}

Deno.test("command: a flag by the environment, and the store", async () => {
  for (const [value, count] of [["1", 2], ["true", 2], ["0", 0], ["false", 0]]) {
    await using server = await ServeChild.start([], { env: { RECADO_DEMO: `${value}`, RECADO_STORE: "memory" } });
    assertStringIncludes(server.startLine, `store memory, ${count} messages`);
  }
});

Deno.test("command: a port in use is one line on stderr, and exits 71; the board is not touched by that", async () => {
  await using folder = new TempFolder();
  await using other = await startServer();
  const store = `sqlite:${folder.file("board.db")}`;
  const { code, stdout, stderr } = await run(["serve", "--port", `${other.port}`, "--store", store, "--demo"]);
  assertEquals([code, stdout], [71, ""]);
  assertMatch(stderr, new RegExp(`^Error: Cannot listen on 127\\.0\\.0\\.1:${other.port}: .*\n$`));
  await using server = await ServeChild.start(["--store", store]);
  assertStringIncludes(server.startLine, ", 0 messages");
});

/** What cannot be served, and the line on stderr. */
const CANNOT_SERVE: [name: string, args: (folder: string) => string[], line: RegExp][] = [
  [
    "an address that is not ours",
    () => [...MEMORY, "--host", "192.0.2.1"],
    /^Error: Cannot listen on 192\.0\.2\.1:0: .*\n$/,
  ],
  [
    "an IPv6 address that is not ours",
    () => [...MEMORY, "--host", "2001:db8::1"],
    /^Error: Cannot listen on \[2001:db8::1\]:0: .*\n$/,
  ],
  [
    "an IPv6 address in brackets that is not ours",
    () => [...MEMORY, "--host", "[2001:db8::1]"],
    /^Error: Cannot listen on \[2001:db8::1\]:0: .*\n$/,
  ],
  ["a folder for a board", (folder) => ["--store", `sqlite:${folder}`], /^Error: Cannot open the board .*\n$/],
  [
    "a folder that is not there",
    (folder) => ["--store", `sqlite:${folder}/none/board.db`],
    /^Error: Cannot make .* its folder does not exist\n$/,
  ],
  [
    "a text for a board",
    (folder) => ["--store", `sqlite:${folder}/notes.txt`],
    /^Error: .* the file is not an SQLite database\n$/,
  ],
  [
    "a text for the folder of a board",
    (folder) => ["--store", `sqlite:${folder}/notes.txt/board.db`],
    /^Error: Cannot open the board ".*\/board\.db": [^:]*\n$/,
  ],
];

for (const [name, args, line] of CANNOT_SERVE) {
  Deno.test(`command: ${name} is one line on stderr, and exits 71`, async () => {
    await using folder = new TempFolder();
    await Deno.writeTextFile(folder.file("notes.txt"), "not a board");
    const { code, stdout, stderr } = await run(["serve", "--port", "0", ...args(folder.path)]);
    assertEquals([code, stdout], [71, ""]);
    assertMatch(stderr, line);
  });
}

const UNWRITABLE = { ignore: Deno.build.os !== "linux" };

/** What ends as it would with a stderr that can be written. */
const SPEECHLESS: [args: string[], code: number, env?: Record<string, string>][] = [
  [["sevre"], 64],
  [["serve"], 78, { RECADO_PORT: "x" }],
  [["serve", "--port", "0", "--store", "sqlite:none/board.db"], 71],
];

for (const [args, code, env] of SPEECHLESS) {
  Deno.test(`command: ${args.join(" ")} exits ${code} also when stderr cannot be written`, UNWRITABLE, async () => {
    assertEquals((await run(args, { env, before: "exec 2> /dev/full" })).code, code);
  });
}

for (const args of [["--help"], ["serve", "--help"], ["send", "--version"], ["completions", "fish"]]) {
  Deno.test(
    `command: ${args.join(" ")} exits 70, with one line, when stdout cannot be written`,
    UNWRITABLE,
    async () => {
      const { code, stderr } = await run(args, { before: "exec > /dev/full" });
      assertEquals([code, stderr], [70, "recado: Cannot write to stdout: No space left on device (os error 28)\n"]);
    },
  );
}

Deno.test("command: a log that cannot be written does not end the server", UNWRITABLE, async () => {
  const script = `"$DENO" run --quiet -A "$MAIN" serve --store memory 2> /dev/full &
recado_send --health --retry 8 --retry-delay 0.1 2> /dev/null || echo "no server"
recado_send deletar 9
kill $!
wait $!
echo "serve exits $?"
`;
  const { stdout } = await shellScript(script, { port: unusedPort() });
  assertEquals(stdout, `${lines(402)}serve exits 0\n`);
});
