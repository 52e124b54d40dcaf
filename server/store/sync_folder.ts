/**
 * Makes the name of a file durable, by syncing its folder. Windows has no such call and does not need it.
 *
 * @param path the file
 * @throws {Error} Deno's own
 */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path.replace(/[^/]*$/, "") || ".", { read: true });
  folder.syncSync();
}
