import type { ServeOptions } from "./settings.ts";

/**
 * Gives up the permissions that the process does not need once it serves. They can be narrowed to certain files only when it is compiled, not when it
 * starts; but files that are open stay open. After this it opens no file except those that it reads at SIGHUP, and removes
 * none except, with a Unix socket, that and its redo log at its end.
 *
 * @param options what it serves
 */
export function dropPrivileges({ unix, tlsCert, tokenFile }: ServeOptions): void {
  const dropped: Deno.PermissionName[] = ["env", "run", "sys", "ffi"];
  if (unix === "") {
    dropped.push("write");
    if (tlsCert === "" && tokenFile === "") dropped.push("read");
  }
  for (const name of dropped) Deno.permissions.revokeSync({ name });
}
