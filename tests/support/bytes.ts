const encoder = new TextEncoder();

/** A text in UTF-8, or bytes as they are. */
export function bytesOf(data: string | readonly number[] | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof data === "string" ? encoder.encode(data) : Uint8Array.from(data);
}

/** Every way to cut bytes that the tests feed: whole, byte by byte, and in two at each place. */
export function cuts(bytes: Uint8Array): Uint8Array[][] {
  const inTwo = Array.from(
    { length: bytes.length + 1 },
    (_, at) => [bytes.subarray(0, at), bytes.subarray(at)],
  );
  return [[bytes], Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)), ...inTwo];
}
