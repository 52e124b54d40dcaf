import type { Warn } from "./errors.ts";
import { MemoryStore } from "./memory.ts";
import { SqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

/** What {@linkcode openStore} takes: `memory`, or `sqlite:` and a path. */
export const STORE_URL = /^(memory|sqlite:.+)$/s;

/**
 * Opens the store that a URL names.
 *
 * @param url matches {@linkcode STORE_URL}; the path may be relative to the working folder
 * @param warn told of failures that the store gets over, as long as it is open; ignored by default
 * @throws {StoreError} when it cannot be opened
 *
 * @example
 * ```ts
 * import { EscapedText } from "../../protocol/mod.ts";
 * import { openStore } from "./open.ts";
 *
 * await using store = await openStore("memory");
 * console.log(await store.apply([{ kind: "add", id: 3, text: EscapedText.of("teste") }])); // [{ kind: "added", id: 3 }]
 * ```
 */
export async function openStore(url: string, warn: Warn = () => {}): Promise<Store> {
  return url === "memory" ? new MemoryStore() : await SqliteStore.open(url.slice("sqlite:".length), warn);
}
