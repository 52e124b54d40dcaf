import { assert, assertEquals } from "@std/assert";
import { ServeChild } from "./support/child.ts";
import { hasPython } from "./support/python.ts";

const SCRIPT = new URL("support/busy_clients.py", import.meta.url).pathname;

Deno.test({
  name: "turns: of 400 clients that never rest each is served about as often as the others",
  ignore: !hasPython,
  async fn() {
    await using server = await ServeChild.start(["--store", "memory"]);
    const { success, stdout, stderr } = await new Deno.Command("python3", {
      args: [SCRIPT, `${server.port}`, "400", "8000"],
    }).output();
    assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    const [least, most] = new TextDecoder().decode(stdout).split(" ").map(Number);
    // without turns some had a few when others had fifty
    assert(least * 3 > most, `one client had ${least} turns, another ${most}`);
  },
});
