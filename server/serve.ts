import { readTokenFile } from "../cli/mod.ts";
import { EscapedText, loadRequestReader } from "../protocol/mod.ts";
import { Authentication } from "./authentication.ts";
import { Certificate } from "./certificate.ts";
import { type Log, SILENT } from "./log/mod.ts";
import { closePlaces, openPlaces } from "./places.ts";
import { Server } from "./server.ts";
import { SERVE_DEFAULTS, type ServeOptions } from "./settings.ts";
import { openStore, type Store } from "./store/mod.ts";

/**
 * Opens the store, listens, and serves until {@linkcode Server.drain}.
 *
 * @param given the options that differ from {@linkcode SERVE_DEFAULTS}
 * @param log told what happens; silent by default
 * @throws {StoreError} when the store cannot be opened, or does not take the messages of `demo`
 * @throws {ConfigurationError} when the token file cannot be used
 * @throws {ServeError} when the certificate cannot be used, or a place cannot be listened on
 *
 * @example
 * ```ts
 * import { serve } from "./serve.ts";
 *
 * await using server = await serve({ port: 0, store: "memory" });
 * console.log(server.address.port);
 * ```
 */
export async function serve(given: Partial<ServeOptions> = {}, log: Log = SILENT): Promise<Server> {
  const options = { ...SERVE_DEFAULTS, ...given };
  const { tokenFile, tlsCert, tlsKey } = options;
  const authentication = tokenFile === "" ? undefined : await Authentication.load(await readTokenFile(tokenFile));
  const certificate = tlsCert === "" ? undefined : await Certificate.load(tlsCert, tlsKey);
  const store = await openStore(options.store, (message) => log.warn(message));
  try {
    const readRequest = await loadRequestReader();
    const places = await openPlaces(options, certificate);
    try {
      // a start that fails to listen must leave the board as it was
      if (options.demo && store.count() === 0) await addDemo(store);
    } catch (error) {
      closePlaces(places);
      throw error;
    }
    return new Server({ store, readRequest, places, certificate, authentication }, options, log);
  } catch (error) {
    await store[Symbol.asyncDispose]().catch(({ message }: Error) => log.error(message));
    throw error;
  }
}

/** The messages of the original server. */
async function addDemo(store: Store): Promise<void> {
  const results = await store.apply([
    { kind: "add", id: 1, text: EscapedText.of("abc") },
    { kind: "add", id: 2, text: EscapedText.of("fgh") },
  ]);
  for (const result of results) if (result.kind === "failed") throw result.error;
}
