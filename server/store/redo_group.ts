import type { crc32 } from "node:zlib";

/** A group begins at a multiple of this many bytes, and takes up a multiple: direct writes need that, and no disk in use has larger blocks. */
export const BLOCK = 4096;

/** Offsets of what stands before a group's text: its cycle, its number, the bytes of the text, and a checksum of all that. */
const HEADER = { cycle: 0, number: 8, length: 12, checksum: 16, size: 20 };

/** CRC-32, with what came before. */
export type Checksum = typeof crc32;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text in a redo log, which is there completely or not at all. */
interface Group {
  /** The cycle that it belongs to: a number that only groups since the database's last commit have. */
  cycle: number;
  /** How many groups of its cycle are before it. */
  number: number;
}

/** A group that was found, and the bytes that it takes up. */
export type FoundGroup = Group & { text: string; size: number };

/** The part of a buffer for the text of a group, when the buffer begins with the group. */
export function textIn(buffer: Uint8Array): Uint8Array {
  return buffer.subarray(HEADER.size);
}

/**
 * Turns a text into a group.
 *
 * @param buffer has the text in its place ({@linkcode textIn}), and then begins with the group
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
 * Reads the groups of a cycle, up to the first that is not complete.
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

/** The group that the bytes begin with, if it belongs to the cycle and is complete. */
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

/** How many bytes a group takes up, by the length of its text in bytes. */
export function sizeOf(length: number): number {
  return Math.ceil((HEADER.size + length) / BLOCK) * BLOCK;
}
