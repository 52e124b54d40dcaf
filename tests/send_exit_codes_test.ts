import { assertEquals } from "@std/assert";
import { unusedPort } from "./support/fake_server.ts";
import { send, shellScript } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { line } from "./support/answers.ts";

/** One run of `recado send`: its exit code and both streams, in which PORT stands for the port. */
interface Case {
  name: string;
  args: string[];
  code: number;
  stdout?: string;
  stderr?: string;
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
}

const REFUSED = [
  ["401", "adicionar", "Não foi possível adicionar a mensagem", "1", "abc"],
  ["402", "deletar", "ID não existe", "99"],
] as const;

const FROM_SERVER: Case[] = [
  { name: "0 when it is done", args: ["deletar", "1"], code: 0, stdout: line(202, "Mensagem deletada") },
  { name: "0 with -q, which prints nothing", args: ["-q", "mostrar"], code: 0 },
  ...REFUSED.flatMap(([status, op, message, ...rest]): Case[] => [
    { name: `1 at a ${status}`, args: [op, ...rest], code: 1, stdout: line(Number(status), message) },
    { name: `1 at a ${status} with -q, which prints nothing`, args: ["--quiet", op, ...rest], code: 1 },
  ]),
  {
    name: "1 at a 402, told on stderr with what to do where stdout has only data",
    args: ["deletar", "99", "-o", "ids"],
    code: 1,
    stderr: "recado: ID não existe (402); 'recado send mostrar' lists those that are there\n",
  },
  {
    name: "1 at a 403 in bulk",
    args: ["-"],
    stdin: '{"op": "deletar"}',
    code: 1,
    stdout: line(403, "Não foi possível deletar a mensagem"),
    stderr: "recado: 1 of 1 requests were refused\n",
  },
  {
    name: "69 when the server says 504",
    args: ["-"],
    stdin: '{"op": "x"}',
    code: 69,
    stdout: line(504, "Mensagem não foi enviada", 'Unknown operation "x"'),
  },
  {
    name: "65 when the server says that the request is too large",
    args: ["adicionar", "-"],
    stdin: "x".repeat(2000),
    code: 65,
    stdout: line(505, "Conexão encerrada", "Request is larger than 1000 bytes"),
  },
  {
    name: "65 when the server says that a request is nested too deeply, whatever was before it",
    args: ["-"],
    stdin: '{"op": "deletar"}{"op": "x"}' + "[".repeat(70) + "]".repeat(70),
    code: 65,
    stdout: line(403, "Não foi possível deletar a mensagem") +
      line(504, "Mensagem não foi enviada", 'Unknown operation "x"') +
      line(505, "Conexão encerrada", "Request is nested deeper than 64 levels"),
    stderr:
      "recado: Server closed the connection: Request is nested deeper than 64 levels; not carried out: request 3\n" +
      "recado: Request 3 is over a limit of the server\n" +
      "recado: 1 of 3 requests were refused\n",
  },
  {
    name: "65 when a line is too large for the server, and says which, though the connection is lost then",
    args: ["--lines", "-o", "ids"],
    stdin: `a\n${"x".repeat(2000)}\nb\n`,
    code: 65,
    stdout: "3\n",
    stderr: "recado: Server closed the connection: Request is larger than 1000 bytes; not carried out: lines 2 to 3\n" +
      "recado: Line 2 is over a limit of the server\n",
  },
];

for (const { name, args, code, stdout = "", stderr = "", ...options } of FROM_SERVER) {
  Deno.test(`send exits ${name}`, async () => {
    await using server = await startServer({ demo: true, maxRequestBytes: 1000 });
    assertEquals(await send(args, { port: server.port, ...options }), { code, stdout, stderr });
  });
}

const WITHOUT_SERVER: Case[] = [
  usage(
    "unknown option --prot, nearest named",
    ["--prot", "1", "mostrar"],
    'Unknown option "--prot", did you mean --port',
  ),
  usage(
    "what would steer a terminal, in an option",
    ["adicionar", "-\x1b]0;pwn\x07\x1b[31mred"],
    'Unknown option "-\\u001b]0;pwn\\u0007\\u001b[31mred"',
  ),
  usage(
    "what would steer a terminal, in an id",
    ["deletar", "\u009b31m\u202e"],
    'Id is "\\u009b31m\\u202e", expected an integer from -9007199254740991 to 9007199254740991',
  ),
  usage("unknown operation", ["motsrar"], 'Unknown operation "motsrar", did you mean mostrar'),
  usage("missing id", ["deletar"], "Missing operand; usage: recado send deletar ID"),
  usage("missing text", ["add"], "Missing operand; usage: recado send add [ID] TEXT"),
  usage("extra operand", ["list", "1"], 'Unexpected operand "1"; usage: recado send list'),
  usage("operand behind -", ["-", "mostrar"], 'Unexpected operand "mostrar"; usage: recado send -'),
  usage(
    "bad id",
    ["deletar", "1.5"],
    'Id is "1.5", expected an integer from -9007199254740991 to 9007199254740991',
  ),
  usage(
    "id too large",
    ["adicionar", "9007199254740992", "x"],
    'Id is "9007199254740992", expected an integer from -9007199254740991 to 9007199254740991',
  ),
  usage("bad value", ["--port", "0", "mostrar"], 'Option --port is "0", expected an integer from 1 to 65535'),
  usage(
    "bad form",
    ["-o", "xml", "mostrar"],
    'Option --output is "xml", expected text, raw, json, jsonl, ids, text0',
  ),
  usage("exclusive options", ["--health", "--lines"], "Options --health and --lines exclude each other"),
  usage("operand with --lines", ["--lines", "mostrar"], 'Unexpected operand "mostrar" with --lines'),
  usage("told with -q, too", ["-q", "mostrar", "1"], 'Unexpected operand "1"; usage: recado send mostrar'),
  usage("--null alone", ["-0", "mostrar"], "Option --null goes with --lines"),
  usage("--file with another operation", ["--file", "x", "mostrar"], "Option --file goes with adicionar"),
  ...[["-"], ["--lines"], ["--requests", "y"], ["--health"]].map((words) =>
    usage(`--file with ${words[0]}`, ["--file", "x", ...words], "Option --file goes with adicionar")
  ),
  {
    name: "65 when the text is not UTF-8",
    args: ["adicionar", "-"],
    stdin: Uint8Array.of(0x61, 0xff),
    code: 65,
    stderr: "recado: Text in stdin is not UTF-8\n",
  },
  {
    name: "65 when the input is not JSON",
    args: ["-"],
    stdin: "hello",
    code: 65,
    stderr: "recado: Input from stdin is not JSON: unexpected 'h', line 1, byte 1\n",
  },
  {
    name: "66 when a file of requests is not there",
    args: ["--requests", "/nonexistent/file"],
    code: 66,
    stderr: `recado: Cannot read "/nonexistent/file": No such file or directory (os error 2)\n`,
  },
  {
    name: "66 when the file of a text is a folder",
    args: ["adicionar", "-f", "/"],
    code: 66,
    stderr: `recado: Cannot read "/": Is a directory (os error 21)\n`,
  },
  {
    name: "68 when the host is not known",
    args: ["mostrar", "--host", "no-such-host.invalid"],
    code: 68,
    stdout: line(
      504,
      "Mensagem não foi enviada",
      "Cannot connect to no-such-host.invalid:PORT: host name is not known",
    ),
    stderr:
      "recado: Cannot connect to no-such-host.invalid:PORT: host name is not known; check --host or RECADO_HOST\n",
  },
  {
    name: "68 when the host can be none, and does not try again",
    args: ["mostrar", "--host", "localhost:5000", "--retry", "3", "--retry-delay", "0"],
    code: 68,
    stdout: line(504, "Mensagem não foi enviada", 'Cannot connect to "localhost:5000": it is no name or address'),
    stderr: 'recado: Cannot connect to "localhost:5000": it is no name or address; check --host or RECADO_HOST\n',
  },
  { name: "68 with -q, which prints nothing", args: ["mostrar", "-q", "--host", "no-such-host.invalid"], code: 68 },
  {
    name: "69 when nothing listens",
    args: ["mostrar"],
    code: 69,
    stdout: line(
      504,
      "Mensagem não foi enviada",
      "Cannot connect to 127.0.0.1:PORT: Connection refused (os error 111)",
    ),
    stderr: "recado: Cannot connect to 127.0.0.1:PORT: Connection refused (os error 111); " +
      "is 'recado serve' running there? --host and --port say where\n",
  },
  { name: "69 when nothing listens, with -q, which prints nothing", args: ["mostrar", "-q"], code: 69 },
  {
    name: "78 when a variable is wrong",
    args: ["mostrar"],
    env: { RECADO_TIMEOUT: "soon" },
    code: 78,
    stderr: 'recado: Environment variable RECADO_TIMEOUT is "soon", expected a time in seconds from 0 to 2147483\n',
  },
];

for (const { name, args, code, stdout = "", stderr = "", ...options } of WITHOUT_SERVER) {
  Deno.test(`send exits ${name}`, async () => {
    const port = unusedPort();
    const expected = { code, stdout: stdout.replace("PORT", `${port}`), stderr: stderr.replace("PORT", `${port}`) };
    assertEquals(await send(args, { port, ...options }), expected);
  });
}

Deno.test("send exits 78 when a variable is not UTF-8, and 64 when the text on the command line may not be", async () => {
  for (const name of ["RECADO_HOST", "RECADO_TIMEOUT"]) {
    assertEquals(await shellScript(`export ${name}="$(printf '\\377')"; recado_send mostrar`), {
      code: 78,
      stdout: "",
      stderr: `recado: Environment variable ${name} is not UTF-8\n`,
    });
  }
  await using server = await startServer();
  const { port } = server;
  assertEquals(await shellScript(`recado_send adicionar 1 "$(printf 'ol\\341')"`, { port }), {
    code: 64,
    stdout: "",
    stderr: "recado: Text on the command line has U+FFFD, which stands there for what is not UTF-8, too; " +
      "give it by stdin or --file\n",
  });
  assertEquals((await send(["adicionar", "1", "-"], { port, stdin: "\ufffd" })).code, 0);
});

Deno.test("send exits 70 and says why in one line when its output cannot be written", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using server = await startServer();
  for (const command of ["recado_send mostrar", "seq 3 | recado_send --lines"]) {
    const { code, stderr } = await shellScript(`${command} > /dev/full`, { port: server.port });
    assertEquals([code, stderr], [70, "recado: Cannot write to stdout: No space left on device (os error 28)\n"]);
  }
});

function usage(name: string, args: string[], message: string): Case {
  return { name: `64 at a wrong command line: ${name}`, args, code: 64, stderr: `recado: ${message}\n` };
}
