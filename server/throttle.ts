/** How long the first failure from an address delays the next attempt, and the longest delay of any failure, in milliseconds. */
const FIRST_DELAY = 100, LONGEST_DELAY = 3200;

/** The longest wait of an attempt, in milliseconds: less than the five seconds that `recado send` waits for an answer. */
const LONGEST_WAIT = 3200;

/** How long after the last delay an address is forgotten, in milliseconds. */
const MEMORY = 60_000;

/** How many addresses are remembered; the one that failed longest ago is forgotten for a new one. */
export const MAX_ADDRESSES = 4096;

interface Failures {
  /** Attempts that still wait count already, so that trying many at once gains nothing. */
  count: number;
  /** When the next attempt may be checked. */
  readyAt: number;
}

/**
 * Slows down attempts from an address that has failed: each failure doubles the delay between its attempts. Other addresses do not wait. Times are in
 * milliseconds.
 */
export class Throttle {
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;

  /** @param now a clock, in milliseconds since any moment */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#failures.size;
  }

  /**
   * Queues one attempt behind those that wait already.
   *
   * @param address as {@linkcode throttledAddress} gives it
   * @returns how long it must wait; `undefined` when that would be too long, and it was not queued
   */
  delay(address: string): number | undefined {
    const now = this.#now(), failures = this.#failures.get(address);
    if (failures === undefined) return 0;
    if (failures.readyAt + MEMORY <= now) {
      this.#failures.delete(address);
      return 0;
    }
    const wait = Math.max(0, failures.readyAt - now);
    if (wait > LONGEST_WAIT) return undefined;
    failures.readyAt = now + wait + delayAfter(++failures.count);
    return wait;
  }

  /** An attempt from that address failed, after its {@linkcode delay}. */
  failed(address: string): void {
    const { count, readyAt } = this.#failures.get(address) ?? { count: 1, readyAt: 0 };
    this.#failures.delete(address);
    if (this.#failures.size >= MAX_ADDRESSES) this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(address, { count, readyAt: Math.max(readyAt, this.#now() + delayAfter(count)) });
  }

  /** An attempt from that address succeeded: its failures are forgotten. */
  succeeded(address: string): void {
    this.#failures.delete(address);
  }
}

function delayAfter(failures: number): number {
  return Math.min(FIRST_DELAY * 2 ** (failures - 1), LONGEST_DELAY);
}

/**
 * The key under which an address is slowed down: the address itself, or the /64 network of an IPv6 address, because one host has 2^64 of those.
 *
 * @param address as in `Deno.Conn.remoteAddr`; all Unix sockets have one key
 */
export function throttledAddress(address: Deno.Addr): string {
  if (!("hostname" in address)) return "unix";
  const { hostname } = address;
  if (!hostname.includes(":") || hostname.includes(".")) return hostname; // IPv4, also mapped into IPv6
  const [head, tail] = hostname.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
