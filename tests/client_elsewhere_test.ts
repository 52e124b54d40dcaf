import { assertEquals } from "@std/assert";
import { startServer } from "./support/start_server.ts";
import { TempFolder } from "./support/temp_folder.ts";

const RECADO = new URL("..", import.meta.url).pathname;

const PROGRAM = `
import { connect } from "@recado/recado/client";
import { Status } from "@recado/recado/protocol";

await using client = await connect({ port: Number(Deno.args[0]), timeout: 3_600_000 });
const id: number = await client.add("teste");
console.log(id, await client.list(), Status.Added);
`;

/** A program that has not ended after that, in milliseconds, waits for the time of an answer that has long come. */
const BOUND = 60_000;

Deno.test("a project elsewhere links this one as the README says, is type-checked, uses the client, and ends", async () => {
  await using server = await startServer();
  await using folder = new TempFolder();
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const config = readme.match(/^\{ "links": \["\.\.\/recado"\].*\}$/m)?.[0] ?? "no such line in the README";
  await Deno.symlink(RECADO, folder.file("recado"));
  await Deno.mkdir(folder.file("project"));
  await Deno.writeTextFile(folder.file("project/deno.json"), config);
  await Deno.writeTextFile(folder.file("project/main.ts"), PROGRAM);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--check", "--allow-net", "main.ts", `${server.port}`],
    cwd: folder.file("project"),
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(BOUND),
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [0, '1 [ { id: 1, mensagem: "teste" } ] 201\n'], decoder.decode(stderr));
});
