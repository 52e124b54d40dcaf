/** Splits and parses a stream of concatenated JSON texts. */
export class ConcatenatedJsonParseStream implements TransformStream<string, unknown> {
  readonly writable: WritableStream<string>;
  readonly readable: ReadableStream<unknown>;
}
