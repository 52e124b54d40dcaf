import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect, ConnectError } from "../client/mod.ts";
import { closing, lines } from "./support/answers.ts";
import { run, ServeChild } from "./support/child.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { send } from "./support/send.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const LIST = '{"op":"mostrar"}';
const MEMORY = ["--store", "memory"];
const ignore = Deno.build.os === "windows";

function unixTest(name: string, fn: (folder: TempFolder) => Promise<void>): void {
  Deno.test({
    name: `unix socket: ${name}`,
    ignore,
    async fn() {
      await using folder = new TempFolder();
      await fn(folder);
    },
  });
}

/** What is in a folder. */
function names(folder: TempFolder): string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
}

/** A socket file on which nobody listens. */
function leaveStale(path: string): void {
  const listener = Deno.listen({ transport: "unix", path: `${path}.made` });
  Deno.linkSync(`${path}.made`, path);
  listener.close();
  try {
    Deno.removeSync(`${path}.made`);
  } catch {
    // newer versions of Deno do it
  }
}

unixTest("one server serves both, and one board; the start line names them", async (folder) => {
  const path = folder.file("s");
  await using server = await ServeChild.start([...MEMORY, "--unix", path]);
  assertEquals(server.startLine, `Listening on 127.0.0.1:${server.port} and unix:${path}, store memory, 0 messages`);
  assertEquals(await exchange(server.port, '{"op":"adicionar","id":1,"data":"a"}'), lines(201));
  assertEquals(await exchange(path, '{"op":"deletar","id":1}'), lines(202));
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
  assertEquals(names(folder), []);
});

unixTest("when its file cannot be removed the log has why, and the server ends as ever", async (folder) => {
  const place = folder.file("place"), path = `${place}/s`;
  Deno.mkdirSync(place);
  await using server = await ServeChild.start([...MEMORY, "--unix", path]);
  using client = await RawClient.connect(server.port);
  assertEquals(await client.ask('{"op":"deletar","id":1}'), lines(402));
  Deno.renameSync(place, folder.file("other"));
  Deno.writeTextFileSync(place, "");
  server.kill("SIGTERM");
  assertEquals(await client.rest(), closing("Server is shutting down"));
  client[Symbol.dispose]();
  const { code, stderr } = await server.ended();
  assertEquals([code, /^Error: Cannot remove unix:/m.test(stderr), stderr.endsWith("Stopped\n")], [0, true, true]);
});

unixTest("with --no-tcp there is nothing else", async (folder) => {
  const path = folder.file("s");
  await using server = await ServeChild.start([...MEMORY, "--no-tcp", "--unix", path]);
  assertEquals(server.startLine, `Listening on unix:${path}, store memory, 0 messages`);
  assertEquals(await exchange(path, LIST), lines(200));
});

for (
  const [umask, mode, expected] of [["000", undefined, 0o600], ["077", "660", 0o660], ["027", "0666", 0o666]] as const
) {
  unixTest(`under umask ${umask} its mode is ${expected.toString(8)} with --unix-mode ${mode}`, async (folder) => {
    const path = folder.file("s");
    const args = [...MEMORY, "--unix", path, ...mode === undefined ? [] : ["--unix-mode", mode]];
    await using _server = await ServeChild.start(args, { before: `umask ${umask}` });
    const { isSocket, mode: found } = Deno.lstatSync(path);
    assertEquals([isSocket, found! & 0o7777, names(folder)], [true, expected, ["s"]]);
  });
}

unixTest("a path relative to the working folder", async (folder) => {
  await using _server = await ServeChild.start([...MEMORY, "--no-tcp", "--unix", "s"], { cwd: folder.path });
  assertEquals(await exchange(folder.file("s"), LIST), lines(200));
});

unixTest("one that a killed server left is taken over", async (folder) => {
  const path = folder.file("s");
  {
    await using server = await ServeChild.start([...MEMORY, "--unix", path]);
    server.kill("SIGKILL");
    await server.ended();
  }
  assert(Deno.lstatSync(path).isSocket);
  await using _server = await ServeChild.start([...MEMORY, "--unix", path]);
  assertEquals(await exchange(path, LIST), lines(200));
  leaveStale(folder.file("other"));
  await using other = await startServer({ tcp: false, unix: folder.file("other") });
  assertEquals(await exchange(folder.file("other"), LIST), lines(200));
  assertEquals(other.log.info, [`Listening on unix:${folder.file("other")}, store memory, 0 messages`]);
});

unixTest("one on which a server answers is left to it", async (folder) => {
  const path = folder.file("s");
  await using _server = await startServer({ unix: path });
  const { code, stderr } = await run(["serve", "--port", "0", ...MEMORY, "--unix", path]);
  assertEquals([code, stderr], [71, `Error: Cannot listen on unix:${path}: another server answers there\n`]);
  assertEquals(await exchange(path, LIST), lines(200));
});

unixTest("one that another took the place of is left to that one at the end", async (folder) => {
  const path = folder.file("s");
  const first = await startServer({ unix: path });
  Deno.removeSync(path);
  await using _second = await startServer({ unix: path });
  await first[Symbol.asyncDispose]();
  assertEquals(await exchange(path, LIST), lines(200));
});

const OCCUPIED: Record<string, (path: string) => void> = {
  "a file": (path) => Deno.writeTextFileSync(path, "mine"),
  "an empty file": (path) => Deno.writeTextFileSync(path, ""),
  "a folder": (path) => Deno.mkdirSync(path),
  "a link that leads nowhere": (path) => Deno.symlinkSync(`${path}.none`, path),
  "a link to a stale socket": (path) => {
    leaveStale(`${path}.stale`);
    Deno.symlinkSync(`${path}.stale`, path);
  },
};

for (const [name, occupy] of Object.entries(OCCUPIED)) {
  unixTest(`${name} in its place is refused and left as it is, and TCP is not listened on either`, async (folder) => {
    const path = folder.file("s");
    occupy(path);
    const before = names(folder);
    const message = `Cannot listen on unix:${path}: something other than a socket is there`;
    await assertRejects(() => startServer({ unix: path }), Error, message);
    assertEquals(names(folder), before);
  });
}

unixTest("a folder that is not there or none, and a path that is too long, are one line", async (folder) => {
  Deno.writeTextFileSync(folder.file("text"), "");
  for (const path of [folder.file("none/s"), folder.file("x".repeat(200)), folder.file("text/s")]) {
    const { code, stdout, stderr } = await run(["serve", "--port", "0", ...MEMORY, "--unix", path]);
    assertEquals([code, stdout], [71, ""]);
    assertMatch(stderr, /^Error: Cannot listen on unix:[^:]*: [^:]*\n$/);
  }
  assertEquals(names(folder), ["text"]);
});

unixTest("1,000 clients at once", async (folder) => {
  const path = folder.file("s");
  await using _server = await startServer({ unix: path });
  for (let round = 0; round < 10; round++) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(path)));
    for (const answer of await Promise.all(clients.map((client) => client.ask(LIST)))) assertEquals(answer, lines(200));
    for (const client of clients) client[Symbol.dispose]();
  }
});

unixTest("send --unix, its variable, and the library", async (folder) => {
  const path = folder.file("s");
  await using server = await startServer({ unix: path });
  assertEquals(await send(["--unix", path, "adicionar", "1", "a"]), { code: 0, stdout: lines(201), stderr: "" });
  assertEquals((await send(["mostrar"], { env: { RECADO_UNIX: path } })).code, 0);
  await using client = await connect({ path });
  assertEquals(await client.list(), [{ id: 1, mensagem: "a" }]);
  await assertRejects(() => connect({ path, signal: AbortSignal.abort() }), DOMException);
  // what is on the command line goes before what is in the environment
  const onTcp = await send(["--port", `${server.port}`, "deletar", "1"], { env: { RECADO_UNIX: folder.file("none") } });
  assertEquals(onTcp, { code: 0, stdout: lines(202), stderr: "" });
});

unixTest("send --unix where nobody listens exits 69, and with --host 64", async (folder) => {
  const path = folder.file("s");
  leaveStale(path);
  const { code, stderr } = await send(["--unix", path, "mostrar"]);
  assertEquals(code, 69);
  assertMatch(
    stderr,
    /^recado: Cannot connect to unix:\S+: Connection refused .*; is 'recado serve --unix' running there\?.*\n$/,
  );
  await assertRejects(() => connect({ path: folder.file("none") }), ConnectError, "No such file");
  assertEquals(await send(["--unix", path, "--host", "a", "mostrar"]), {
    code: 64,
    stdout: "",
    stderr: "recado: Options --unix and --host exclude each other\n",
  });
});

for (
  const [args, env, code, line] of [
    [["--no-tcp"], {}, 64, "Option --no-tcp goes with --unix"],
    [[], { RECADO_NO_TCP: "1" }, 78, "Option --no-tcp goes with --unix"],
    [["--unix", "s", "--unix-mode", "rw"], {}, 64, 'Option --unix-mode is "rw", expected three octal digits'],
  ] as [string[], Record<string, string>, number, string][]
) {
  unixTest(`serve ${[...args, ...Object.keys(env)].join(" ")} exits ${code}`, async () => {
    assertEquals(await run(["serve", ...args], { env }), { code, stdout: "", stderr: `recado: ${line}\n` });
  });
}
