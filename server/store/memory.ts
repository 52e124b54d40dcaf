import type { EscapedText } from "../../protocol/mod.ts";
import { mapped } from "../mapped.ts";
import { StoreError } from "./errors.ts";
import { IdTable } from "./id_table.ts";
import { ListingCache } from "./listing_cache.ts";
import { MessagePages } from "./message_pages.ts";
import type { Operation, Result, Store } from "./store.ts";

/** A board that lives as long as its process: nothing is durable. */
export class MemoryStore implements Store {
  readonly name = "memory";
  readonly #places = new IdTable();
  readonly #messages = new MessagePages();
  readonly #listing = new ListingCache((first) => this.#messages.from(first));
  #highest = 0;

  /** See {@linkcode Store.apply}. */
  apply(batch: readonly Operation[]): Result[] {
    return mapped(batch, (operation) => this.#tryTo(operation));
  }

  /** See {@linkcode Store.count}. */
  count(): number {
    return this.#places.size;
  }

  /** Nothing is open. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #tryTo(operation: Operation): Result {
    try {
      return this.#carryOut(operation);
    } catch (cause) {
      // a limit of the engine: no memory for larger arrays, or 2^29 characters in a string
      return { kind: "failed", error: new StoreError(`Cannot hold more: ${(cause as Error).message}`, { cause }) };
    }
  }

  #carryOut(operation: Operation): Result {
    switch (operation.kind) {
      case "add":
        return this.#add(operation.id, operation.text);
      case "delete":
        return this.#delete(operation.id);
      case "list":
        return { kind: "listed", listing: this.#listing.list(operation.form) };
    }
  }

  #add(id = this.#highest + 1, text: EscapedText): Result {
    if (!Number.isSafeInteger(id)) return { kind: "exhausted" };
    // whatever can fail comes first, so that a failure changes nothing
    const kept = this.#messages.reserve(text), place = this.#messages.nextPlace;
    if (!this.#places.add(id, place)) return { kind: "taken" };
    this.#messages.append(id, kept);
    this.#listing.appended(place, id, text);
    if (id > this.#highest) this.#highest = id;
    return { kind: "added", id };
  }

  #delete(id: number): Result {
    const place = this.#places.delete(id);
    if (place === undefined) return { kind: "absent" };
    this.#places.shrink();
    this.#messages.remove(place);
    this.#listing.remove(place);
    return { kind: "deleted" };
  }
}
