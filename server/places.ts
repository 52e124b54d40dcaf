import { formatAddress } from "./address.ts";
import type { Certificate } from "./certificate.ts";
import { ServeError } from "./errors.ts";
import type { ServeOptions } from "./settings.ts";
import { listenUnix } from "./unix_socket.ts";

/** A place that is listened on. */
export interface Place {
  /** Accepts its clients. */
  listener: Deno.Listener;
  /** What the log calls it. */
  name: string;
  /** What TLS is served with; absent where it is plain. */
  certificate: Certificate | undefined;
  /** Whether other machines can reach it. */
  isPublic: boolean;
  /** Removes what is left of it once it is closed. */
  remove(): void;
}

/** How many clients may wait to be accepted: enough for thousands that connect at once. The system may cap it. */
const BACKLOG = 4096;

/**
 * Listens in all places that the options name: TCP first, then the Unix socket.
 *
 * @param certificate what TCP is served with, if it takes TLS
 * @throws {ServeError} when one of them cannot be listened on; then none is open
 */
export async function openPlaces(options: ServeOptions, certificate?: Certificate): Promise<Place[]> {
  const places: Place[] = [];
  try {
    if (options.tcp) places.push(listenTcp(options, certificate));
    if (options.unix !== "") {
      const { listener, path, remove } = await listenUnix(options.unix, options.unixMode);
      places.push({ listener, name: `unix:${path}`, certificate: undefined, isPublic: false, remove });
    }
    if (places.length === 0) throw new ServeError("Cannot listen: there is neither TCP nor a Unix socket to listen on");
    return places;
  } catch (error) {
    closePlaces(places);
    throw error;
  }
}

/** Closes places that no server has been given. */
export function closePlaces(places: readonly Place[]): void {
  for (const { listener, remove } of places) {
    listener.close();
    remove();
  }
}

function listenTcp({ host, port }: ServeOptions, certificate: Certificate | undefined): Place {
  try {
    const listener = Deno.listen({ hostname: host, port, tcpBacklog: BACKLOG });
    const address = formatAddress(listener.addr);
    return {
      listener,
      name: certificate === undefined ? address : `${address} (TLS)`,
      certificate,
      isPublic: !isLoopback(listener.addr.hostname),
      remove() {},
    };
  } catch (cause) {
    const address = formatAddress({ transport: "tcp", hostname: host.replace(/^\[(.+)\]$/, "$1"), port });
    throw new ServeError(`Cannot listen on ${address}: ${(cause as Error).message}`, { cause });
  }
}

/** Whether an address, as the system gives it, is only reached from this machine. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}
