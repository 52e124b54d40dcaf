import { REFUSED_ENTRANCE } from "../protocol/mod.ts";
import { Throttle, throttledAddress } from "./throttle.ts";

/** Knows the token of a server, and who may try one when. */
export class Authentication {
  readonly #crypto: typeof import("node:crypto");
  readonly #throttle = new Throttle();
  #digest: Uint8Array;

  private constructor(crypto: typeof import("node:crypto"), token: string) {
    this.#crypto = crypto;
    this.#digest = this.#digestOf(token);
  }

  /**
   * Loads what it needs.
   *
   * @param token what clients must show; not empty
   */
  static async load(token: string): Promise<Authentication> {
    return new Authentication(await import("node:crypto"), token);
  }

  /** From now on this is the token; who is in, stays. */
  change(token: string): void {
    this.#digest = this.#digestOf(token);
  }

  /**
   * How long an attempt from there must wait before it is looked at, in milliseconds.
   *
   * @returns `undefined` when it is not looked at, for too many wait
   */
  delay(address: Deno.Addr): number | undefined {
    return this.#throttle.delay(throttledAddress(address));
  }

  /**
   * Looks at a token.
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

  /** Digests have one length, whatever the tokens have: comparing them tells nothing of theirs. */
  #digestOf(token: string): Uint8Array {
    return this.#crypto.createHash("sha256").update(token).digest();
  }
}
