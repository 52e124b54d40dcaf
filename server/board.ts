import { type Refusal, type Request, RESPONSE_END, responseLine, responseStart, Status } from "../protocol/mod.ts";
import type { Level, Log } from "./log/mod.ts";
import { concat } from "./pieces.ts";
import type { Operation, Result, Store } from "./store/mod.ts";

/** An answer as it goes to the client: one line, or the pieces of one that holds a listing. */
export type Answer = string | readonly Uint8Array[];

/** How a {@linkcode Board} answers. */
export interface BoardOptions {
  /** Put the reason of a 400 to 403 in its `data`, too. */
  explain: boolean;
}

const encoder = new TextEncoder();
const LISTING_START = encoder.encode(responseStart(Status.Ok));
const LISTING_END = encoder.encode(RESPONSE_END);

/** The operations: requests in, answers out, and a store between. */
export class Board {
  readonly #store: Store;
  readonly #log: Log;
  readonly #explain: boolean;
  readonly #listings = new WeakMap<readonly Uint8Array[], readonly Uint8Array[] | "given once">();

  /**
   * @param store where the messages are kept
   * @param log told of the reason for each refusal
   */
  constructor(store: Store, log: Log, options: BoardOptions) {
    this.#store = store;
    this.#log = log;
    this.#explain = options.explain;
  }

  /**
   * Carries out requests in order.
   *
   * @param requests of one client, in order
   * @returns their answers, in order, once what they acknowledge is durable: at once when there is nothing to wait for
   */
  answer(requests: readonly (Request | Refusal)[]): Answer[] | Promise<Answer[]> {
    const operations: Operation[] = [];
    for (const request of requests) if (isOnBoard(request)) operations.push(operation(request));
    const results = this.#store.apply(operations);
    return Array.isArray(results)
      ? this.#reportAll(requests, results)
      : results.then((results) => this.#reportAll(requests, results));
  }

  #reportAll(requests: readonly (Request | Refusal)[], results: readonly Result[]): Answer[] {
    let done = 0;
    return requests.map((request) => {
      if (isOnBoard(request)) return this.#report(request, results[done++]);
      // who asks here has been let in, or no token is needed
      return request.op === "autenticar" ? responseLine(Status.Ok) : this.#refuse(request);
    });
  }

  #report(request: BoardRequest, result: Result): Answer {
    switch (result.kind) {
      case "added":
        return responseLine(Status.Added, request.op === "adicionar" && request.id === undefined ? `${result.id}` : "");
      case "deleted":
        return responseLine(Status.Deleted);
      case "listed":
        return this.#listing(result.pieces);
      default:
        return this.#refuse(
          { status: refusedStatus(request, result), reason: reason(request, result) },
          result.kind === "failed" ? "error" : "info",
        );
    }
  }

  /**
   * The line around a listing. At the first time nothing is copied for it, for on a board that changes the same listing is not asked for again; from the
   * second time on the line's ends are in one piece with what is beside them, which saves two writes.
   */
  #listing(pieces: readonly Uint8Array[]): Answer {
    const known = this.#listings.get(pieces);
    if (known instanceof Array) return known;
    const answer = known === undefined ? [LISTING_START, ...pieces, LISTING_END] : withEnds(pieces);
    this.#listings.set(pieces, known === undefined ? "given once" : answer);
    return answer;
  }

  #refuse({ status, reason }: Pick<Refusal, "status" | "reason">, level: Level = "info"): string {
    this.#log.refused(status, reason, { level });
    // 504 and 505 always say why; 400 to 403 are fixed by the description
    return responseLine(status, this.#explain || status >= Status.NotSent ? reason : "");
  }
}

/** A request that the store carries out. */
type BoardRequest = Exclude<Request, { op: "autenticar" }>;

function isOnBoard(request: Request | Refusal): request is BoardRequest {
  return request.op !== "refused" && request.op !== "autenticar";
}

type Refused = Exclude<Result, { kind: "added" | "deleted" | "listed" }>;

function operation(request: BoardRequest): Operation {
  switch (request.op) {
    case "mostrar":
      return { kind: "list", form: request.form };
    case "adicionar":
      return { kind: "add", id: request.id, text: request.text };
    case "deletar":
      return { kind: "delete", id: request.id };
  }
}

function refusedStatus({ op }: BoardRequest, { kind }: Refused): Status {
  if (op === "mostrar") return Status.NotListed;
  if (op === "adicionar") return Status.NotAdded;
  return kind === "absent" ? Status.NoSuchId : Status.NotDeleted;
}

function reason(request: BoardRequest, result: Refused): string {
  const id = request.op === "mostrar" ? "" : request.id;
  switch (result.kind) {
    case "taken":
      return `Cannot adicionar: id ${id} is taken`;
    case "exhausted":
      return "Cannot adicionar: no id is left above the highest";
    case "absent":
      return `Cannot deletar: id ${id} is not on the board`;
    case "failed":
      return result.error.message;
  }
}

/** The line of a listing, its ends put to the pieces beside them. */
function withEnds(pieces: readonly Uint8Array[]): Uint8Array[] {
  const line = [LISTING_START, ...pieces, LISTING_END];
  // at each end the line's own piece, the frame of the listing and the messages beside it
  if (line.length < 6) return [concat(line)];
  return [concat(line.slice(0, 3)), ...line.slice(3, -3), concat(line.slice(-3))];
}
