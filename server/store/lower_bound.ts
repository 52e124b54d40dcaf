/**
 * Where in ascending places one stands, or would stand.
 *
 * @param places of which the first `count` are looked at
 * @param count how many
 * @param place what is looked for
 * @returns the index of the first that is at least that one; `count` when there is none
 */
export function lowerBound(places: Float64Array, count: number, place: number): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
