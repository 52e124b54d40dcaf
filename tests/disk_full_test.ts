import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { run, ServeChild } from "./support/child.ts";
import { Ledger } from "./support/ledger.ts";
import { RawClient } from "./support/raw_client.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** A file system of its own, of a few megabytes. */
class SmallDisk implements AsyncDisposable {
  readonly folder = new TempFolder();
  /** @throws {Error} where mounting is not allowed */
  constructor() {
    const { success, stderr } = command(
      "mount",
      "-t",
      "tmpfs",
      "-o",
      "size=2m,mode=700",
      "recado-test",
      this.folder.path,
    );
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
  async [Symbol.asyncDispose]() {
    command("umount", "-l", this.folder.path);
    await this.folder[Symbol.asyncDispose]();
  }
}

function command(name: string, ...args: string[]): Deno.CommandOutput {
  return new Deno.Command(name, { args, stderr: "piped" }).outputSync();
}

const canMount = await (async () => {
  try {
    await using _ = new SmallDisk();
    return true;
  } catch {
    return false; // not as root, or in a container that may not
  }
})();

Deno.test({
  name:
    "full disk: adds and deletes are refused by their own status, listing works, and both go on when there is room, without a restart",
  ignore: !canMount,
  async fn() {
    await using disk = new SmallDisk();
    const board = disk.folder.file("board.db"), ballast = disk.folder.file("ballast");
    const ledger = new Ledger();
    {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
      using client = await RawClient.connect(server.port);
      for (let round = 0; round < 3; round++) {
        const first = round * 1000;
        for (let id = 1; id <= 5; id++) assertEquals(await ledger.add(client, first + id, `message ${id}`), 201);
        // not even a page is left
        const room = await Deno.open(ballast, { write: true, create: true });
        await fill(room);
        const refused: number[] = [];
        for (let id = 100; id < 110; id++) {
          const status = await ledger.add(client, first + id, "x".repeat(10_000));
          if (status === 401) refused.push(id);
        }
        assertGreater(refused.length, 5);
        assertEquals(await ledger.delete(client, first + 1), 403);
        await ledger.audit(server.port);
        room.close();
        Deno.removeSync(ballast);
        assertEquals(await ledger.add(client, first + 200, "there is room again"), 201);
        assertEquals(await ledger.delete(client, first + 2), 202);
        await ledger.audit(server.port);
      }
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0);
      assertStringIncludes(stderr, "Error: Refused with 401: Cannot write sqlite:");
      assertStringIncludes(stderr, "Error: Refused with 403: Cannot write sqlite:");
    }
    await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
    await ledger.audit(server.port);
  },
});

Deno.test({
  name: "full disk: a board that fills its disk by itself refuses, lists, and is whole after a kill",
  ignore: !canMount,
  async fn() {
    await using disk = new SmallDisk();
    const board = disk.folder.file("board.db"), ledger = new Ledger();
    {
      await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
      using client = await RawClient.connect(server.port);
      let refused = 0;
      for (let id = 0; refused < 20; id++) {
        if (await ledger.add(client, id, "x".repeat(20_000)) === 401) refused++;
        assert(id < 1000);
      }
      await ledger.audit(server.port);
      server.kill("SIGKILL");
    }
    await using server = await ServeChild.start(["--store", `sqlite:${board}`]);
    await ledger.audit(server.port);
  },
});

Deno.test({
  name: "full disk: a board cannot be made there: one line, and 71",
  ignore: !canMount,
  async fn() {
    await using disk = new SmallDisk();
    using room = await Deno.open(disk.folder.file("ballast"), { write: true, create: true });
    await fill(room);
    const { code, stderr } = await run(["serve", "--port", "0", "--store", `sqlite:${disk.folder.file("board.db")}`]);
    assertEquals([code, stderr.split("\n").length], [71, 2], stderr);
    assertStringIncludes(stderr, "Error: Cannot make the board ");
    assertEquals([...Deno.readDirSync(disk.folder.path)].map(({ name }) => name), ["ballast"]);
  },
});

/** Writes until there is no room. */
async function fill(file: Deno.FsFile): Promise<void> {
  for (let size = 65_536; size > 0;) {
    try {
      await file.write(new Uint8Array(size));
    } catch {
      size >>= 1;
    }
  }
}
