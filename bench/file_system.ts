/**
 * The type of the file system that a path is on, for what is made durable there. Redis makes its log longer with each group, so it matters to it, more than to
 * Recado, whether a journal takes that down.
 *
 * @param path of something that is there
 */
export function readFileSystem(path: string): string {
  const mount = mountOf(Deno.readTextFileSync("/proc/mounts"), Deno.realPathSync(path));
  if (mount?.type !== "ext4") return mount?.type ?? "unknown file system";
  const device = Deno.realPathSync(mount.source).split("/").at(-1);
  const journals = [...Deno.readDirSync("/proc/fs/jbd2")];
  return journals.some(({ name }) => name.startsWith(`${device}-`)) ? "ext4" : "ext4 without a journal";
}

/**
 * What is mounted where a path is.
 *
 * @param mounts the text of `/proc/mounts`
 * @param path absolute, without links
 * @returns `undefined` when nothing is
 */
export function mountOf(mounts: string, path: string): { source: string; type: string } | undefined {
  let longest = "", found: { source: string; type: string } | undefined;
  for (const line of mounts.split("\n")) {
    const [source, point, type] = line.split(" ").map(unescape);
    if (type === undefined || point.length < longest.length || !isWithin(path, point)) continue;
    longest = point;
    found = { source, type };
  }
  return found;
}

function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/** A space, a tab, a newline and a backslash stand there as octal numbers (proc(5)). */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
