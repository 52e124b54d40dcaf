import { REFUSED_ENTRANCE } from "../protocol/mod.ts";
import { Throttle, throttledAddress } from "./throttle.ts";

/** Checks tokens against the server's, and says how long an address must wait before it may try one. */
export class Authentication {
  readonly #crypto: typeof import("node:crypto");
  readonly #throttle = new Throttle();
  #digest: Uint8Array;

  private constructor(crypto: typeof import("node:crypto"), token: string) {
    this.#crypto = crypto;
    this.#digest = this.#digestOf(token);
  }

  /**
   * Loads the modules that it needs.
   *
   * @param token what clients must show; not empty
   */
  static async load(token: string): Promise<Authentication> {
    return new Authentication(await import("node:crypto"), token);
  }

  /** Replaces the token; clients that are already in stay in. */
  change(token: string): void {
    this.#digest = this.#digestOf(token);
  }

  /**
   * How long an attempt from an address must wait before it is checked, in milliseconds.
   *
   * @returns `undefined` when it is not to be checked at all, because too many wait
   */
  delay(address: Deno.Addr): number | undefined {
    return this.#throttle.delay(throttledAddress(address));
  }

  /**
   * Checks a token.
   *
   * @param token what was shown
   * @param address who showed it
   * @returns why the client is not let in; `undefined` when it is
   */
  check(token: string, address: Deno.Addr): string | undefined {
    const key = throttledAddress(address);
    if (this.#crypto.timingSafeEqual(this.#digestOf(token), this.#digest)) {
      this.#throttle.succeeded(key);
      return undefined;
    }
    this.#throttle.failed(key);
    return REFUSED_ENTRANCE.wrongToken;
  }

  /** Digests all have the same length, so comparing them gives away nothing of the token's. */
  #digestOf(token: string): Uint8Array {
    return this.#crypto.createHash("sha256").update(token).digest();
  }
}
