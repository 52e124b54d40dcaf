/**
 * Why the system refused something, without the runtime's additions: its own name for the action, the path, and for a missing permission the flag that it
 * suggests, which nobody can give to an executable.
 *
 * @param error what the runtime threw
 */
export function systemReason(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this program has no permission to";
  return (error as Error).message.replace(/: [a-z]+ '.*'$/s, "");
}
