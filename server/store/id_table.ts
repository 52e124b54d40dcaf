import { IdBucket } from "./id_bucket.ts";
import { hashOf } from "./id_hash.ts";

/** The room that a bucket has at most, before it is split in two. */
const MOST_ROOM = 2048;

/** The highest bits of a hash, so many at most, say which bucket an id is in. It is for what does not happen: that hashes do not spread. */
const MOST_BITS = 20;

/**
 * Ids and the places of their messages, by extendible hashing: a bucket that is full is split by one more bit of the hashes, so that no change takes longer
 * than that, where a table that doubles takes 0.7 s at four million ids. A `Map` takes three to six times as long for an id of a large board, the garbage
 * collector goes through it again and again, and it ends at 2^24 entries.
 */
export class IdTable {
  /** By the highest bits of a hash. A bucket whose hashes have fewer in common stands there for each number that begins with those. */
  #buckets: IdBucket[];
  /** How many bits these are. */
  #bits = 0;
  #size = 0;
  /** Those of which much was taken out. */
  readonly #thinned = new Set<IdBucket>();

  /** @param count how many ids there is to be room for at first, more or less: the hash does not fill all buckets alike */
  constructor(count = 0) {
    while (count > MOST_ROOM / 2 * 2 ** this.#bits) this.#bits++;
    const room = this.#bits > 0 ? MOST_ROOM : undefined;
    this.#buckets = Array.from({ length: 2 ** this.#bits }, () => new IdBucket(this.#bits, room));
  }

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Puts an id in.
   *
   * @param id a safe integer
   * @param place of its message, 0 or more
   * @returns whether it was not there; otherwise nothing is changed
   * @throws {RangeError} the engine's, when there is no memory for it; nothing is changed then
   */
  add(id: number, place: number): boolean {
    const hash = hashOf(id);
    let bucket = this.#bucketOf(hash);
    while (bucket.isFull) {
      if (bucket.room < MOST_ROOM || bucket.bits === MOST_BITS) bucket.resize(2 * bucket.room);
      else this.#split(bucket, hash);
      bucket = this.#bucketOf(hash);
    }
    if (!bucket.add(id, hash, place)) return false;
    this.#size++;
    return true;
  }

  /**
   * Takes an id out; cannot fail. As many as were taken out can be put in again without room being made, until {@linkcode shrink}.
   *
   * @param id a safe integer
   * @returns the place of its message, or `undefined` when it was not there
   */
  delete(id: number): number | undefined {
    const hash = hashOf(id), bucket = this.#bucketOf(hash), place = bucket.delete(id, hash);
    if (place === undefined) return undefined;
    this.#size--;
    if (bucket.isSparse) this.#thinned.add(bucket);
    return place;
  }

  /** Gives room back of which little is needed any more; cannot fail. */
  shrink(): void {
    for (const bucket of this.#thinned) {
      try {
        if (bucket.isSparse) bucket.resize(bucket.room / 4);
      } catch {
        return; // no memory for smaller arrays, which would only save some: the next call tries again
      }
      this.#thinned.delete(bucket);
    }
  }

  #bucketOf(hash: number): IdBucket {
    return this.#buckets[highest(hash, this.#bits)];
  }

  /** Takes the place of a bucket by two, whose hashes have one more bit in common; all that can fail comes first. */
  #split(bucket: IdBucket, hash: number): void {
    const bits = bucket.bits + 1, zero = new IdBucket(bits, MOST_ROOM), one = new IdBucket(bits, MOST_ROOM);
    if (bits > this.#bits) {
      this.#buckets = this.#buckets.flatMap((bucket) => [bucket, bucket]);
      this.#bits = bits;
    }
    bucket.moveTo(zero, one);
    const count = 2 ** (this.#bits - bits), first = highest(hash, bucket.bits) * 2 * count;
    this.#buckets.fill(zero, first, first + count).fill(one, first + count, first + 2 * count);
  }
}

/** The highest bits of a hash. */
function highest(hash: number, bits: number): number {
  return hash >>> 1 >>> (31 - bits);
}
