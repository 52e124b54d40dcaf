/** Requests in a row from an input. */
export interface Batch {
  /** Their text, one after the other, ready to be sent. */
  text: string;
  /** How many there are, at least one. */
  count: number;
  /** The id that each names, in order, if it does; empty unless ids were asked for. */
  ids: readonly (number | undefined)[];
}

/** An input as a series of requests. */
export interface BulkInput {
  /**
   * The next requests: those that are there already, or else the first that comes.
   *
   * @param most how many at most, a positive integer
   * @returns `undefined` at the end
   * @throws {BadInputError} when the input is wrong, once all requests before that have been returned
   * @throws {NoInputError} when it cannot be read
   */
  next(most: number): Promise<Batch | undefined>;
}
