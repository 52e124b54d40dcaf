import { assertEquals, assertStringIncludes } from "@std/assert";
import { installRecado, isInstalled } from "./support/programs.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { serve } from "../server/mod.ts";

const ROOT = new URL("..", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** A fenced block of the README. */
interface Block {
  language: string;
  text: string;
}

const BLOCKS: Block[] = [...README.matchAll(/^```(.+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text,
}));

Deno.test("the README begins with the two commands", () => {
  const [first] = BLOCKS;
  assertStringIncludes(first.text, "npx -y deno@2.9.6 task serve");
  assertStringIncludes(first.text, "npx -y deno@2.9.6 task test");
});

Deno.test("the examples of the README print what it says", async (t) => {
  await using folder = new TempFolder();
  await using server = await serve({ port: 0, store: "memory" });
  const { port } = server.address;
  const env = { ...await installRecado(folder.path), RECADO_PORT: `${port}` };
  for (const { language, text } of BLOCKS.filter(({ language }) => language.startsWith("console"))) {
    for (const [, command, expected] of text.matchAll(/^\$ (.*)\n((?:[^$].*\n)*)/gm)) {
      await t.step({
        name: command,
        ignore: language.endsWith(" nc") && !isInstalled("nc"),
        async fn() {
          const { stdout, stderr } = await new Deno.Command("sh", {
            args: ["-c", command.replaceAll(" 5000", ` ${port}`)],
            env,
            stdin: "null",
          }).output();
          assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), expected);
        },
      });
    }
  }
});

Deno.test("the TypeScript example of the README runs", async () => {
  const [block] = BLOCKS.filter(({ language }) => language.startsWith("ts"));
  await using server = await serve({ port: 0, store: "memory" });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", block.text.replace("5000", `${server.address.port}`)],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
  assertEquals(new TextDecoder().decode(stdout), '[ { id: 1, mensagem: "teste" } ]\n');
});
