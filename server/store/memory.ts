import { ListingCache, type PlacedMessage } from "./listing_cache.ts";
import { StoreError } from "./errors.ts";
import type { Operation, Result, Store } from "./store.ts";

interface Entry extends PlacedMessage {
  deleted: boolean;
}

/** How many deleted entries a small board keeps before they are swept out. */
const SWEEP_AT = 1000;

/** A board that lives as long as its process: what it promises of durability is nothing. */
export class MemoryStore implements Store {
  readonly name = "memory";
  readonly #byId = new Map<number, Entry>();
  /** In order of insertion; deleted entries are swept out when they are the most of it. */
  #inOrder: Entry[] = [];
  readonly #listing = new ListingCache((first, last, limit) => this.#read(first, last, limit));
  #highest = 0;
  #place = 0;

  /** See {@linkcode Store.apply}. */
  apply(batch: readonly Operation[]): Result[] {
    return batch.map((operation) => {
      try {
        return this.#carryOut(operation);
      } catch (cause) {
        // the engine's own limits: 2^24 entries in a map, 2^29 characters in a text; nothing has been changed when one is met
        return { kind: "failed", error: new StoreError(`Cannot hold more: ${(cause as Error).message}`, { cause }) };
      }
    });
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#byId.size;
  }

  /** Nothing is open. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #carryOut(operation: Operation): Result {
    switch (operation.kind) {
      case "add":
        return this.#add(operation.id, operation.text);
      case "delete":
        return this.#delete(operation.id);
      case "list":
        return { kind: "listed", pieces: this.#listing.list(operation.form) };
    }
  }

  #add(id = this.#highest + 1, text: string): Result {
    if (!Number.isSafeInteger(id)) return { kind: "exhausted" };
    if (this.#byId.has(id)) return { kind: "taken" };
    const entry = { place: ++this.#place, id, mensagem: text, deleted: false };
    this.#byId.set(id, entry);
    this.#inOrder.push(entry);
    this.#listing.append(entry.place);
    this.#highest = Math.max(this.#highest, id);
    return { kind: "added", id };
  }

  #delete(id: number): Result {
    const entry = this.#byId.get(id);
    if (entry === undefined) return { kind: "absent" };
    this.#byId.delete(id);
    entry.deleted = true;
    this.#listing.remove(entry.place);
    if (this.#inOrder.length > 2 * this.#byId.size + SWEEP_AT) {
      this.#inOrder = this.#inOrder.filter((entry) => !entry.deleted);
    }
    return { kind: "deleted" };
  }

  #read(first: number, last: number, limit: number): PlacedMessage[] {
    const messages: PlacedMessage[] = [];
    for (let at = this.#indexOf(first); at < this.#inOrder.length && messages.length < limit; at++) {
      const entry = this.#inOrder[at];
      if (entry.place > last) break;
      if (!entry.deleted) messages.push(entry);
    }
    return messages;
  }

  /** The index of the first entry whose place is at least that one. */
  #indexOf(place: number): number {
    let low = 0, high = this.#inOrder.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#inOrder[middle].place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
