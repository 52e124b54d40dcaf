import { assertEquals } from "@std/assert";
import { connect } from "../client/mod.ts";
import { run } from "./support/child.ts";
import { unusedPort } from "./support/fake_server.ts";
import { send, SendChild, type SendOptions, shellScript } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** What is on the board after that run of `send`, which must succeed. */
async function boardAfter(args: string[], options: SendOptions = {}): Promise<[id: number, text: string][]> {
  await using server = await startServer();
  const { code, stderr } = await send(args, { port: server.port, ...options });
  assertEquals([code, stderr], [0, ""]);
  await using client = await connect({ port: server.port });
  return (await client.list()).map(({ id, mensagem }) => [id, mensagem]);
}

const ADDED: [name: string, args: string[], added: [number, string], stdin?: string][] = [
  ["from the operand", ["adicionar", "a text"], [1, "a text"]],
  ["under an id", ["adicionar", "3", "teste"], [3, "teste"]],
  ["under a negative id", ["add", "-3", "x"], [-3, "x"]],
  ["that is empty", ["adicionar", ""], [1, ""]],
  ["that looks like a flag's value", ["-q", "adicionar", "true"], [1, "true"]],
  ["that looks like a number", ["adicionar", "007"], [1, "007"]],
  ["that looks like a negative number", ["adicionar", "-5"], [1, "-5"]],
  ["that looks like an option, behind --", ["adicionar", "--", "-x"], [1, "-x"]],
  ["that looks like options and operations", ["--", "adicionar", "1", "--file=x"], [1, "--file=x"]],
  ["with quotes, newlines and emoji", ["adicionar", `'"\n😀`], [1, `'"\n😀`]],
  ["from stdin, one newline dropped", ["adicionar", "2", "-"], [2, "a\n\nb\n"], "a\n\nb\n\n"],
  ["from stdin without a newline", ["adicionar", "-"], [1, "a"], "a"],
  ["from stdin, all of it", ["adicionar", "-", "--keep-newline"], [1, "a\n"], "a\n"],
  ["from an empty stdin", ["adicionar", "-"], [1, ""], ""],
  ["with U+0000 and a byte order mark, from stdin", ["adicionar", "-"], [1, "\ufeffa\0b"], "\ufeffa\0b\n"],
  ["of 500,000 characters, from stdin", ["adicionar", "-"], [1, "é".repeat(500_000)], "é".repeat(500_000)],
  ["from stdin, named as a file", ["adicionar", "4", "-f", "-"], [4, "a"], "a\n"],
];

for (const [name, args, added, stdin] of ADDED) {
  Deno.test(`send adds a text ${name}`, async () => {
    assertEquals(await boardAfter(args, { stdin }), [added]);
  });
}

Deno.test("send adds the text in a file, its last newline dropped unless it is to be kept", async () => {
  await using folder = new TempFolder();
  const file = folder.file("-text");
  await Deno.writeTextFile(file, "a\nb\n");
  assertEquals(await boardAfter(["adicionar", "--file", file]), [[1, "a\nb"]]);
  assertEquals(await boardAfter(["adicionar", "7", `-f${file}`], { env: { RECADO_KEEP_NEWLINE: "1" } }), [[
    7,
    "a\nb\n",
  ]]);
});

Deno.test("send adds the lines of stdin, the last one without its newline too", async () => {
  const expected: [number, string][] = [[1, "a"], [2, ""], [3, " b\r"], [4, "c"]];
  assertEquals(await boardAfter(["--lines"], { stdin: "a\n\n b\r\nc" }), expected);
  assertEquals(await boardAfter(["--lines"], { stdin: "a\n\n b\r\nc\n" }), expected);
});

Deno.test("send --lines -0 adds texts that are ended by NUL, and reads what text0 prints", async () => {
  await using server = await startServer();
  const stdin = "a\nb\0\0c";
  const added = await send(["--lines", "-0", "-o", "ids"], { port: server.port, stdin });
  assertEquals(added, { code: 0, stdout: "1\n2\n3\n", stderr: "" });
  const { stdout } = await send(["list", "-o", "text0"], { port: server.port });
  assertEquals(stdout, `${stdin}\0`);
});

Deno.test("a line that is not UTF-8 is told with its place, once the lines before it are added", async () => {
  await using server = await startServer();
  const stdin = new Uint8Array([...new TextEncoder().encode("é\nb\n"), 0xff, 0x0a, 0x63]);
  assertEquals(await send(["--lines", "-o", "ids"], { port: server.port, stdin }), {
    code: 65,
    stdout: "1\n2\n",
    stderr: "recado: Input from stdin is not UTF-8, line 3, byte 6\n",
  });
});

const EMPTY: [args: string[], stdin: string][] = [
  [["-"], ""],
  [["-"], " \n\t\r\n"],
  [["--requests", "-"], ""],
  [["--requests", "/dev/null"], "unread"],
  [["--lines"], ""],
  [["--lines", "-0"], ""],
  [[], ""],
];

for (const [args, stdin] of EMPTY) {
  Deno.test(`send ${args.join(" ")} with ${JSON.stringify(stdin)} on stdin is done without a server`, async () => {
    assertEquals(await send(args, { port: unusedPort(), stdin }), { code: 0, stdout: "", stderr: "" });
  });
}

Deno.test("stdin is left alone when the command line says what to do", async () => {
  await using server = await startServer();
  const script = 'printf "a\\nb\\nc\\n" | while read -r line; do recado_send -o ids adicionar "$line"; done';
  assertEquals(await shellScript(script, { port: server.port }), { code: 0, stdout: "1\n2\n3\n", stderr: "" });
  await using waiting = new SendChild(["mostrar", "-o", "ids"], { port: server.port }); // its stdin stays open
  assertEquals([await waiting.stdout.rest(), await waiting.ended()], ["1\n2\n3\n", 0]);
});

Deno.test("a file that the program has no permission for is told without a flag that an executable does not take", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  assertEquals(await run(["send", "adicionar", "-f", "/dev/fd/0"]), {
    code: 66,
    stdout: "",
    stderr: 'recado: Cannot read "/dev/fd/0": this program has no permission to\n',
  });
});
