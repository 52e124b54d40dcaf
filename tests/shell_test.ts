import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { installRecado } from "./support/programs.ts";
import { FakeServer } from "./support/fake_server.ts";
import { hasPython } from "./support/python.ts";
import { exchange } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { type Typed, typeInto } from "./support/type_into.ts";

const PROMPT = "recado> ", CTRL_C = "\x03", CTRL_D = "\x04", CTRL_Z = "\x1a", UP = "\x1b[A";

/** A shell in a pseudo-terminal: type and see; `history` is what it left in the state folder. */
function shellTest(
  name: string,
  fn: (type: (...steps: [string, string][]) => Promise<Typed>, port: number, folder: TempFolder) => Promise<void>,
): void {
  Deno.test({
    name: `shell: ${name}`,
    ignore: !hasPython,
    async fn() {
      await using folder = new TempFolder();
      await using server = await startServer({ demo: true });
      const env = {
        ...await installRecado(folder.path),
        RECADO_PORT: `${server.port}`,
        XDG_STATE_HOME: folder.file("state"),
      };
      await fn((...steps) => typeInto(["recado", "send"], steps, env), server.port, folder);
    },
  });
}

shellTest("lists the board as a table, and Ctrl-D leaves with 0", async (type) => {
  const { screen, code } = await type([PROMPT, "mostrar\r"], ["fgh", ""], [PROMPT, CTRL_D]);
  assertStringIncludes(screen, "id  mensagem\r\n 1  abc\r\n 2  fgh\r\n");
  assertEquals(code, 0);
});

shellTest("takes the short form, with the rest of the line as the text", async (type, port) => {
  await type([PROMPT, "adicionar 3 it's  two words \r"], ["criada", "add no id\r"], ["criada (id 4)", "sair\r"]);
  assertEquals(
    await exchange(port, '{"op": "mostrar", "data": "json"}'),
    `{"status": 200, "message": "OK", "data": "[{\\"id\\":1,\\"mensagem\\":\\"abc\\"},{\\"id\\":2,\\"mensagem\\":\\"fgh\\"},` +
      `{\\"id\\":3,\\"mensagem\\":\\"it's  two words \\"},{\\"id\\":4,\\"mensagem\\":\\"no id\\"}]"}\n`,
  );
});

shellTest("takes JSON, as the original client does", async (type) => {
  const { screen } = await type([PROMPT, '{"op": "deletar", "id": 2}\r'], ["deletada", "deletar 2\r"], [
    "(402)",
    CTRL_D,
  ]);
  assertStringIncludes(screen, "Mensagem deletada");
});

shellTest("a line that is not one JSON text is told at once, and nothing of it is sent", async (type) => {
  const { screen } = await type(
    [PROMPT, '{"op": "deletar",\r'],
    [
      "recado: Line is not one JSON text\r\n",
      '{"op": "deletar", "id": 1}{"op": "deletar", "id": 2}\r',
    ],
    ["recado: Line is not one JSON text\r\n", "mostrar\r"],
    ["fgh", CTRL_D],
  );
  assertStringIncludes(screen, " 1  abc\r\n 2  fgh\r\n");
});

shellTest("Ctrl-C clears the line and does not leave", async (type) => {
  const { screen, code } = await type([PROMPT, "deletar 1"], ["deletar 1", CTRL_C], [PROMPT, "mostrar\r"], [
    "abc",
    CTRL_D,
  ]);
  assert(!screen.includes("deletada"));
  assertEquals(code, 0);
});

shellTest("Ctrl-C right behind pasted lines gives them all up, which is told once", async (type, port) => {
  const { screen, code } = await type(
    [PROMPT, `deletar 1\rdeletar 2\r${CTRL_C}`],
    ["recado: Given up; nothing was sent\r\n", "mostrar\r"],
    ["fgh", CTRL_D],
  );
  assertEquals([screen.split("Given up").length - 1, code], [1, 0]);
  assertStringIncludes(await exchange(port, '{"op": "mostrar", "data": "json"}'), "abc");
});

shellTest("Tab completes operations", async (type) => {
  const { screen } = await type([PROMPT, "mos\t"], ["mostrar ", "\r"], ["abc", CTRL_D]);
  assertStringIncludes(screen, "fgh");
});

shellTest("ajuda and help say what there is", async (type) => {
  const { screen } = await type([PROMPT, "ajuda\r"], ["Ctrl-D", "help\r"], ["Ctrl-D", CTRL_D]);
  assertStringIncludes(screen, "adicionar ID TEXT");
});

shellTest("an unknown operation is named with the nearest one, and the shell goes on", async (type) => {
  await type([PROMPT, "mostra\r"], ["did you mean mostrar", "mostrar\r"], ["abc", CTRL_D]);
});

shellTest("keeps its history between two runs, readable by its owner alone", async (type, _, folder) => {
  await type([PROMPT, "deletar 1\r"], ["deletada", CTRL_D]);
  const { screen } = await type([PROMPT, UP], ["deletar 1", "\r"], ["(402)", CTRL_D]);
  assertMatch(screen, /deletar 1/);
  const path = folder.file("state/recado/history");
  assertEquals(await Deno.readTextFile(path), "deletar 1\n");
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  assertEquals((await Deno.stat(folder.file("state/recado"))).mode! & 0o777, 0o700);
});

shellTest("a relative XDG_STATE_HOME counts as none", async (_, port, folder) => {
  const env = {
    ...await installRecado(folder.path),
    RECADO_PORT: `${port}`,
    XDG_STATE_HOME: "state",
    HOME: folder.path,
  };
  await typeInto(["recado", "send"], [[PROMPT, "deletar 1\r"], ["deletada", CTRL_D]], env);
  assertEquals(await Deno.readTextFile(folder.file(".local/state/recado/history")), "deletar 1\n");
});

shellTest("a history that cannot be read is told once, and is no reason to stop", async (type, _, folder) => {
  await Deno.mkdir(folder.file("state/recado/history"), { recursive: true });
  const { screen, code } = await type([PROMPT, "mostrar\r"], ["fgh", CTRL_D]);
  const told = `Cannot read the history in ${
    JSON.stringify(folder.file("state/recado"))
  }: Is a directory (os error 21)`;
  assertEquals(screen.split(`${told}\r\n`).length, 2);
  assertEquals(code, 0);
});

Deno.test({
  name: "shell: connects again to a server that went away",
  ignore: !hasPython,
  async fn() {
    await using folder = new TempFolder();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    // answers one request a connection, and closes
    const serving = (async () => {
      for await (const conn of listener) {
        await conn.read(new Uint8Array(512));
        await conn.write(new TextEncoder().encode('{"status": 202, "message": "Mensagem deletada", "data": ""}\n'));
        conn.close();
      }
    })();
    const env = {
      ...await installRecado(folder.path),
      RECADO_PORT: `${listener.addr.port}`,
      XDG_STATE_HOME: folder.file("state"),
    };
    await typeInto(
      ["recado", "send"],
      [[PROMPT, "deletar 1\r"], ["deletada", "deletar 2\r"], ["deletada", CTRL_D]],
      env,
    );
    listener.close();
    await serving;
  },
});

Deno.test({
  name: "shell: says so when there is no server, and goes on",
  ignore: !hasPython,
  async fn() {
    await using folder = new TempFolder();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const env = { ...await installRecado(folder.path), RECADO_PORT: `${port}`, XDG_STATE_HOME: folder.file("state") };
    const steps: [string, string][] = [[PROMPT, "mostrar\r"], ["Cannot connect", "mostrar\r"], [
      "Cannot connect",
      CTRL_D,
    ]];
    assertEquals((await typeInto(["recado", "send"], steps, env)).code, 0);
  },
});

/** Types to a server that does not answer the deletion of message 1. When that is asked for, the terminal shows ASKED. */
async function typeToHanging(steps: [string, string][]) {
  await using folder = new TempFolder();
  const asked = folder.file("asked");
  await using server = new FakeServer(async (client) => {
    for (let request = await client.request(); request !== undefined; request = await client.request()) {
      if (request.includes('"id": 1')) await Deno.writeTextFile(asked, "");
      else await client.write('{"status": 202, "message": "Mensagem deletada", "data": ""}\n');
    }
  });
  const env = {
    ...await installRecado(folder.path),
    RECADO_PORT: `${server.port}`,
    XDG_STATE_HOME: folder.file("state"),
  };
  const watch = `(until [ -e ${asked} ]; do sleep 0.02; done; echo ASKED) &`;
  const typed = await typeInto(["sh", "-c", `${watch} exec recado send --timeout 0`], steps, env);
  return {
    ...typed,
    connections: server.connections,
    deleted: server.requests.map((request) => JSON.parse(request).id),
  };
}

Deno.test({
  name: "shell: Ctrl-C gives up what it waits for, and the next line has a connection of its own",
  ignore: !hasPython,
  async fn() {
    const { screen, code, connections } = await typeToHanging([
      [PROMPT, "deletar 1\r"],
      ["ASKED", CTRL_C],
      ["the request may have been carried out", ""],
      [PROMPT, "deletar 2\r"],
      ["deletada", CTRL_D],
    ]);
    assertStringIncludes(screen, "^C\r\nrecado: Given up; ");
    assertEquals([code, connections], [0, 2]);
  },
});

Deno.test({
  name: "shell: Ctrl-C gives up the lines that were pasted behind the one that it waits for, too",
  ignore: !hasPython,
  async fn() {
    const { code, deleted } = await typeToHanging([
      [PROMPT, "deletar 1\rdeletar 2\rdeletar 3\rsair\r"],
      ["ASKED", CTRL_C],
      ["the request may have been carried out", ""],
      [PROMPT, "deletar 4\r"],
      ["deletada", CTRL_D],
    ]);
    assertEquals(deleted, [1, 4]);
    assertEquals(code, 0);
  },
});

shellTest("Ctrl-Z stops it, and it goes on where it was", async (_, port, folder) => {
  const env = { ...await installRecado(folder.path), RECADO_PORT: `${port}`, XDG_STATE_HOME: folder.file("state") };
  const { screen, code } = await typeInto(
    ["sh", "-c", "set -m; recado send; echo STOPPED; fg"],
    [[PROMPT, "deletar 1"], ["deletar 1", CTRL_Z], ["STOPPED", ""], [`${PROMPT}deletar 1`, "\r"], ["deletada", CTRL_D]],
    env,
  );
  assertStringIncludes(screen, "Mensagem deletada");
  assertEquals(code, 0);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGINT", 130]] as const) {
  Deno.test({
    name: `shell: ${signal} ends it, and leaves the terminal as it was`,
    ignore: !hasPython,
    async fn() {
      await using folder = new TempFolder();
      const pid = folder.file("pid");
      await using server = new FakeServer(async (client) => {
        await client.request();
        Deno.kill(Number(await Deno.readTextFile(pid)), signal);
        await client.gone();
      });
      const env = {
        ...await installRecado(folder.path),
        RECADO_PORT: `${server.port}`,
        XDG_STATE_HOME: folder.file("state"),
      };
      const script = `sh -c 'echo $$ > ${pid}; exec recado send --timeout 0'; echo "code $?"; stty -a`;
      const { screen } = await typeInto(["sh", "-c", script], [[PROMPT, "mostrar\r"], [`code ${code}`, ""]], env);
      assertMatch(screen, / icanon/);
    },
  });
}

shellTest("is none where its prompts would go into a pipe: what is typed is read as by -", async (_, port, folder) => {
  const env = { ...await installRecado(folder.path), RECADO_PORT: `${port}` };
  const { screen, code } = await typeInto(
    ["sh", "-c", "recado send | sed 's/^/answer: /'"],
    [["", '{"op": "deletar", "id": 2}\r'], ["Mensagem deletada", CTRL_D]],
    env,
  );
  assertStringIncludes(screen, 'answer: {"status": 202, "message": "Mensagem deletada", "data": ""}\r\n');
  assert(!screen.includes(PROMPT), screen);
  assertEquals(code, 0);
});
