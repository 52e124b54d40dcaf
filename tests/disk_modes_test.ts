import { assertEquals, assertStringIncludes } from "@std/assert";
import { openStore } from "../server/store/mod.ts";
import { run } from "./support/child.ts";
import { add } from "./support/operations.ts";
import { TempFolder } from "./support/temp_folder.ts";

const windows = Deno.build.os === "windows";
const isRoot = !windows && Deno.uid() === 0;

/** Root may write where modes say that nobody can, unless it gives that up. */
const AS_OTHERS = 'exec setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search "$@"';

/** Whether modes hold for a child. */
const modesHold = !windows && (!isRoot || (() => {
  const args = ["-c", `set -- cat "$0"; ${AS_OTHERS}`];
  const file = Deno.makeTempFileSync();
  try {
    Deno.chmodSync(file, 0);
    return !new Deno.Command("sh", { args: [...args, file], stderr: "null" }).outputSync().success &&
      new Deno.Command("sh", { args: ["-c", `set -- true; ${AS_OTHERS}`], stderr: "null" }).outputSync().success;
  } finally {
    Deno.removeSync(file);
  }
})());

/** What cannot be written, the modes of the folder and of the board, and what the line says. */
const MODES: Record<string, [folder: number, board: number | undefined, line: string]> = {
  "a new board in a folder that is read-only": [0o555, undefined, "Permission denied"],
  "a board in a folder that is read-only": [0o555, 0o600, "its folder cannot be written\n"],
  "a board that is read-only": [0o700, 0o400, "Permission denied"],
  "a board that cannot be read": [0o700, 0o000, "Permission denied"],
};

for (const [name, [folderMode, boardMode, line]] of Object.entries(MODES)) {
  Deno.test({
    name: `disk: ${name} is one line, and 71, and is left as it is`,
    ignore: !modesHold,
    async fn() {
      await using folder = new TempFolder();
      const boards = folder.file("boards"), board = `${boards}/board.db`;
      Deno.mkdirSync(boards);
      let before: Uint8Array | undefined;
      if (boardMode !== undefined) {
        {
          await using store = await openStore(`sqlite:${board}`);
          await store.apply([add(1, "a")]);
        }
        before = Deno.readFileSync(board);
        Deno.chmodSync(board, boardMode);
      }
      Deno.chmodSync(boards, folderMode);
      const options = isRoot ? { before: AS_OTHERS } : {};
      const { code, stdout, stderr } = await run(["serve", "--port", "0", "--store", `sqlite:${board}`], options);
      Deno.chmodSync(boards, 0o700);
      assertEquals([code, stdout, stderr.split("\n").length], [71, "", 2], stderr);
      assertStringIncludes(stderr, `Error: Cannot ${boardMode === undefined ? "make" : "open"} the board`);
      assertStringIncludes(stderr, line);
      assertEquals([...Deno.readDirSync(boards)].length, boardMode === undefined ? 0 : 1);
      if (boardMode !== undefined) Deno.chmodSync(board, 0o600);
      if (before !== undefined) assertEquals(Deno.readFileSync(board), before);
    },
  });
}
