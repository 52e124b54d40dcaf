import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { installRecado } from "./support/programs.ts";
import { hasPython } from "./support/python.ts";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { typeInto } from "./support/type_into.ts";
import config from "../deno.json" with { type: "json" };

const CTRL_D = "\x04";

/** The tasks that compile executables with the client in them. */
const WITH_CLIENT = ["compile:all", "compile:client"] as const;

Deno.test("the tasks name variables with a * in quotes: the shell of Deno 2.4's tasks would look for files", () => {
  for (const task of Object.values(config.tasks)) {
    if (!("command" in task)) continue;
    for (const word of task.command.match(/\S*\*\S*/g) ?? []) assertMatch(word, /^'.*'$/);
  }
});

for (const name of WITH_CLIENT) {
  const permissions = config.tasks[name].command.match(/--allow-[^ ']*/g)!;
  Deno.test({
    name: `the shell works, and keeps its history, with the permissions of ${name}`,
    ignore: !hasPython,
    async fn() {
      await using folder = new TempFolder();
      await using server = await startServer({ demo: true });
      const env = {
        ...await installRecado(folder.path, permissions),
        RECADO_PORT: `${server.port}`,
        XDG_STATE_HOME: folder.file("state"),
      };
      const { screen, code } = await typeInto(
        ["recado", "send"],
        [["recado> ", "mostrar\r"], ["fgh", CTRL_D]],
        env,
      );
      assertEquals(code, 0);
      assertStringIncludes(screen, " 1  abc\r\n");
      assertEquals(await Deno.readTextFile(folder.file("state/recado/history")), "mostrar\n");
    },
  });
}
