import { Status } from "../protocol/mod.ts";
import { type ClientError, ClosedError, ConnectError, TimeoutError } from "./errors.ts";

const BY_STATUS = new Map<number, string>([
  [Status.NotListed, "the server cannot read its store, its log says why"],
  [Status.NotAdded, "is the id taken? 'recado send mostrar' lists them, and without an id the server picks one"],
  [Status.NoSuchId, "'recado send mostrar' lists those that are there"],
  [Status.NotDeleted, "the server's log says why"],
]);

/**
 * What to do about a refusal or a failure, in half a line.
 *
 * @param cause the status of a refusal, or the failure
 * @returns `""` where there is nothing to say
 */
export function hint(cause: number | ClientError): string {
  if (typeof cause === "number") return BY_STATUS.get(cause) ?? "";
  if (cause instanceof TimeoutError) {
    return "the request may have been carried out; --timeout gives the server more time";
  }
  if (cause instanceof ClosedError && cause.farewell !== undefined) return "";
  if (!(cause instanceof ConnectError)) return "the request may have been carried out";
  if (cause.failure === "host-unknown") return "check --host or RECADO_HOST";
  return "is 'recado serve' running there? --host and --port say where";
}
