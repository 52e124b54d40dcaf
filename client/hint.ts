import { Status } from "../protocol/mod.ts";
import {
  AuthenticationError,
  type ClientError,
  ClosedError,
  ConnectError,
  type ConnectFailure,
  TimeoutError,
} from "./errors.ts";

const BY_STATUS = new Map<number, string>([
  [Status.NotListed, "the server cannot read its store, its log says why"],
  [Status.NotAdded, "the server's log says why"],
  [Status.NoSuchId, "'recado send mostrar' lists those that are there"],
  [Status.NotDeleted, "the server's log says why"],
]);

const ID_NOT_ADDED = "is the id taken? 'recado send mostrar' lists them, and without an id the server picks one";

const BY_FAILURE: Readonly<Record<ConnectFailure, string>> = {
  "host-unknown": "check --host or RECADO_HOST",
  "host-invalid": "check --host or RECADO_HOST",
  unreachable: "is 'recado serve' running there? --host and --port say where",
  "path-unreachable": "is 'recado serve --unix' running there? --unix says where",
  "timed-out": "is 'recado serve' running there? --host and --port say where",
  "certificate-expired": "the server needs a new one, or this machine's clock is wrong",
  "certificate-name": "--host takes a name that the certificate is for",
  "certificate-unknown": "--tls-ca FILE trusts the authority that signed it",
  "no-tls": "is it another port? --port says which",
  "takes-tls": "--tls speaks it",
};

/**
 * What to do about a refusal or a failure, in half a line.
 *
 * @param cause the status of a refusal, or the failure
 * @param id the id that a refused request named, if it did
 * @param unanswered the requests that a failure left without an answer, in bulk
 * @returns `""` if there is nothing to say
 */
export function hint(cause: number | ClientError, id?: number, unanswered?: string): string {
  if (cause === Status.NotAdded && id !== undefined) return ID_NOT_ADDED;
  if (typeof cause === "number") return BY_STATUS.get(cause) ?? "";
  const doubt = `${unanswered ?? "the request"} may have been carried out`;
  if (cause instanceof TimeoutError) return `${doubt}; --timeout gives the server more time`;
  if (cause instanceof ClosedError && cause.farewell !== undefined) {
    return unanswered === undefined ? "" : `not carried out: ${unanswered}`;
  }
  if (cause instanceof AuthenticationError) return "--token-file FILE or RECADO_TOKEN_FILE says where the token is";
  return cause instanceof ConnectError ? BY_FAILURE[cause.failure] : doubt;
}
