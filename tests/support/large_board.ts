import { openStore, type Store } from "../../server/store/mod.ts";
import { add } from "./operations.ts";

/** A board of more than a system holds for a client that does not read. */
export async function largeBoard(): Promise<Store> {
  const store = await openStore("memory");
  await store.apply(Array.from({ length: 20 }, (_, id) => add(id, "a".repeat(1_000_000))));
  return store;
}
