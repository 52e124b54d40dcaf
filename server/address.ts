/** An address as the log writes it: `127.0.0.1:5000`, `[::1]:5000`, or the path of a Unix socket, `unnamed` if it has none. */
export function formatAddress(address: Deno.Addr): string {
  if (!("hostname" in address)) return "path" in address ? address.path ?? "unnamed" : "unknown";
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
