/**
 * Makes the name of a file durable, by syncing the folder that has it. Windows has no such call, and no need of it.
 *
 * @param path the file
 * @throws {Error} Deno's own
 */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path.replace(/[^/]*$/, "") || ".", { read: true });
  folder.syncSync();
}
