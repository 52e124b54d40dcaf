/** Requests of an input that follow one another. */
export interface Batch {
  /** They, one behind the other, as they can be sent. */
  text: string;
  /** How many they are, at least one. */
  count: number;
  /** The ids that they name, in order, where they do; empty unless that was asked for. */
  ids: readonly (number | undefined)[];
}

/** An input, as the requests that it holds or stands for. */
export interface BulkInput {
  /**
   * The next requests: those that are there, and when there are none the first that comes.
   *
   * @param most how many at most, a positive integer
   * @returns `undefined` at the end
   * @throws {BadInputError} when the input is wrong, once all that stands before has been given out
   * @throws {NoInputError} when it cannot be read
   */
  next(most: number): Promise<Batch | undefined>;
}
