/**
 * How many elements the arrays of numbers have that are made while something runs.
 *
 * @param run is not waited for
 */
export function roomsIn(run: () => void): number[] {
  const original = globalThis.Float64Array, rooms: number[] = [];
  globalThis.Float64Array = class extends original {
    constructor(length: number) {
      super(length);
      rooms.push(length);
    }
  } as unknown as Float64ArrayConstructor;
  try {
    run();
  } finally {
    globalThis.Float64Array = original;
  }
  return rooms;
}
