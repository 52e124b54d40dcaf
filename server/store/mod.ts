/** Where a board is kept: one interface, one engine a file. */
export { StoreError, type Warn } from "./errors.ts";
export { openStore, STORE_URL } from "./open.ts";
export type { Listing, Operation, Result, Store } from "./store.ts";
