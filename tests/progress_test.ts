import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { installRecado } from "./support/programs.ts";
import { hasPython } from "./support/python.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { typeInto } from "./support/type_into.ts";

Deno.test({
  name: "bulk input that takes its time shows on a terminal how far it has come, and takes that away at its end",
  ignore: !hasPython,
  async fn() {
    await using folder = new TempFolder();
    await using server = await startServer();
    const env = { ...await installRecado(folder.path), RECADO_PORT: `${server.port}` };
    // the input stays open until the progress has been seen: the terminal types its last line
    const command = "{ echo first; head -n 1; } | recado send --lines -o ids > ids; cat ids";
    const { screen, code } = await typeInto(
      ["sh", "-c", `cd ${folder.path}; ${command}`],
      [["1 answers", "last\r"]],
      env,
    );
    assertStringIncludes(screen, "\r\x1b[K1 answers");
    assert(screen.endsWith("\r\x1b[K1\r\n2\r\n"), screen);
    assertEquals(code, 0);
  },
});
