import type { crc32 } from "node:zlib";

/** A group begins at a multiple of so many bytes, and takes one: direct writes must be so, and no disk in use has larger blocks. */
export const BLOCK = 4096;

/** What stands before a group's text: its cycle, its number, the bytes of the text, and a checksum of all that. */
const HEADER = { cycle: 0, number: 8, length: 12, checksum: 16, size: 20 };

/** CRC-32, with what came before. */
export type Checksum = typeof crc32;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text in a redo log, that stands there whole or not at all. */
interface Group {
  /** What it belongs to: a number that only the groups since the database's last commit have. */
  cycle: number;
  /** How many of its cycle are before it. */
  number: number;
}

/** A group that was found, and how many bytes it takes. */
export type FoundGroup = Group & { text: string; size: number };

/** Where the text of a group stands in a buffer that begins with the group. */
export function textIn(buffer: Uint8Array): Uint8Array {
  return buffer.subarray(HEADER.size);
}

/**
 * Makes a text a group.
 *
 * @param buffer has the text ({@linkcode textIn}), and begins with the group then
 * @param length of the text, in bytes
 */
export function writeHeader(buffer: Uint8Array, length: number, { cycle, number }: Group, checksum: Checksum): void {
  const header = headerOf(buffer);
  header.setFloat64(HEADER.cycle, cycle);
  header.setUint32(HEADER.number, number);
  header.setUint32(HEADER.length, length);
  header.setUint32(HEADER.checksum, checksumOf(checksum, buffer, length));
}

/**
 * Reads the groups of a cycle, up to the first that is not whole.
 *
 * @param bytes begin with the first
 */
export function groupsIn(bytes: Uint8Array, cycle: number, checksum: Checksum): FoundGroup[] {
  const groups: FoundGroup[] = [];
  for (let at = 0; at < bytes.length;) {
    const group = groupAt(bytes.subarray(at), cycle, checksum);
    if (group?.number !== groups.length) break;
    groups.push(group);
    at += group.size;
  }
  return groups;
}

/** The group that the bytes begin with, if that is one of the cycle, and whole. */
export function groupAt(bytes: Uint8Array, cycle: number, checksum: Checksum): FoundGroup | undefined {
  if (bytes.length < HEADER.size) return undefined;
  const header = headerOf(bytes), length = header.getUint32(HEADER.length);
  if (header.getFloat64(HEADER.cycle) !== cycle || length > bytes.length - HEADER.size) return undefined;
  if (header.getUint32(HEADER.checksum) !== checksumOf(checksum, bytes, length)) return undefined;
  const text = decoder.decode(bytes.subarray(HEADER.size, HEADER.size + length));
  return { cycle, number: header.getUint32(HEADER.number), text, size: sizeOf(length) };
}

function headerOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, HEADER.size);
}

function checksumOf(checksum: Checksum, bytes: Uint8Array, length: number): number {
  return checksum(bytes.subarray(HEADER.size, HEADER.size + length), checksum(bytes.subarray(0, HEADER.checksum)));
}

/** How many bytes a group takes whose text has so many. */
export function sizeOf(length: number): number {
  return Math.ceil((HEADER.size + length) / BLOCK) * BLOCK;
}
