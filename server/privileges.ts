import type { ServeOptions } from "./settings.ts";

/**
 * Gives up the permissions that the process does not need once it serves. Which files it may open can only be said when it is compiled, not when it
 * starts; but what it has open, it keeps: after this it opens no file but the few that it reads at SIGHUP or removes at its end.
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
