import { assert, assertEquals } from "@std/assert";
import { ServeChild } from "./support/child.ts";
import { hasPython } from "./support/python.ts";
import { RawClient } from "./support/raw_client.ts";

const FLOOD = new URL("support/flood.ts", import.meta.url).pathname;
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

/** How many answers another client has while some send a text again and again. */
async function answersAmid(port: number, connections: number, bytes: number, text: string): Promise<number> {
  const flood = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", FLOOD, `${port}`, `${connections}`, `${bytes}`, text],
    stdout: "piped",
  }).spawn();
  const output = flood.stdout.getReader();
  await output.read();
  let isOver = false, answers = 0;
  const ended = flood.status.then(() => isOver = true);
  using client = await RawClient.connect(port);
  for (; !isOver; answers++) await client.ask('{"op":"deletar","id":1}');
  await ended;
  await output.cancel();
  return answers;
}

Deno.test("turns: clients that send the shortest requests without end do not keep another one waiting", async () => {
  await using server = await ServeChild.start(["--store", "memory"]);
  const answers = await answersAmid(server.port, 4, 131_072, "{}");
  // without rests it was one or two
  assert(answers > 20, `it had ${answers} answers while there were 262,144 of the others`);
});
