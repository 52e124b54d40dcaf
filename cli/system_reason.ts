/**
 * Why the system refused something, without what the runtime puts behind it: its own name for what was done, and the path; and without the flag that it
 * advises for a permission that is missing, which nobody can give to an executable.
 *
 * @param error what the runtime threw
 */
export function systemReason(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this program has no permission to";
  return (error as Error).message.replace(/: [a-z]+ '.*'$/s, "");
}
