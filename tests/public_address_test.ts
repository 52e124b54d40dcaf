import { assertEquals, assertMatch } from "@std/assert";
import { ServeChild } from "./support/child.ts";
import { isInstalled } from "./support/programs.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** In a network of its own an address that is not loopback can be listened on, and nobody reaches it. */
const hasOwnNetwork = isInstalled("unshare") &&
  new Deno.Command("unshare", { args: ["-rn", "true"] }).outputSync().success;
const IN_OWN_NETWORK = { before: 'set -- unshare -rn "$@"' };

for (const host of ["0.0.0.0", "::"]) {
  Deno.test({
    name: `serve on ${host} without a token says so in one loud line, and with one it does not`,
    ignore: !hasOwnNetwork,
    async fn() {
      await using folder = new TempFolder();
      const token = folder.file("token");
      await Deno.writeTextFile(token, "segredo", { mode: 0o600 });
      for (const [args, loud] of [[[], true], [["--token-file", token], false]] as [string[], boolean][]) {
        await using server = await ServeChild.start(["--store", "memory", "--host", host, ...args], IN_OWN_NETWORK);
        if (loud) await server.logged(/^Warning: WHOEVER REACHES .*\n/m);
        server.kill("SIGTERM");
        const { stderr } = await server.ended();
        const warnings = stderr.split("\n").filter((line) => !/^(Listening|Stopping|Stopped|$)/.test(line));
        assertEquals(warnings.length, loud ? 1 : 0, stderr);
        if (loud) {
          assertMatch(stderr, /^Warning: WHOEVER REACHES \S+ CAN READ AND CHANGE THIS BOARD: .* --token-file /m);
        }
      }
    },
  });
}

Deno.test("serve on loopback and a Unix socket without a token says nothing of it", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using folder = new TempFolder();
  await using server = await ServeChild.start(["--store", "memory", "--unix", folder.file("s")]);
  server.kill("SIGTERM");
  assertEquals((await server.ended()).stderr, `${server.startLine}\nStopping, 0 clients\nStopped\n`);
});
