import { type Refusal, type Request, responseLine, Status } from "../protocol/mod.ts";
import type { Level, Log } from "./log/mod.ts";
import { mapped } from "./mapped.ts";
import type { Listing, Operation, Result, Store } from "./store/mod.ts";

/** An answer as it goes to the client: a line, or a listing, which must be disposed of once it is written. */
export type Answer = string | Listing;

/** Who asks. */
export interface Named {
  /** As the log writes it: an address and a port. */
  readonly name: string;
}

/** How a {@linkcode Board} answers. */
export interface BoardOptions {
  /** Also put the reason of a 400 to 403 in its `data`. */
  explain: boolean;
}

/** The operations: requests in, answers out, with a store between them. */
export class Board {
  readonly #store: Store;
  readonly #log: Log;
  readonly #explain: boolean;

  /**
   * @param store where the messages are kept
   * @param log told of the reason for each refusal
   * @param options how it answers
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
   * @returns the results, for {@linkcode answer}; a promise of them if what they acknowledge is not durable yet
   */
  carryOut(requests: readonly (Request | Refusal)[]): Result[] | Promise<Result[]> {
    const onBoard = requests.every(isOnBoard) ? requests : requests.filter(isOnBoard);
    return this.#store.apply(mapped(onBoard, operation));
  }

  /**
   * Turns results into answers.
   *
   * @param requests those given to {@linkcode carryOut}
   * @param results what it has returned
   * @param client who asks, for the log
   * @returns an answer to each, in order
   */
  answer(requests: readonly (Request | Refusal)[], results: readonly Result[], client: Named): Answer[] {
    let done = 0;
    return mapped(
      requests,
      (request) => isOnBoard(request) ? this.#report(request, results[done++], client) : this.#reply(request, client),
    );
  }

  #reply(request: Exclude<Request | Refusal, BoardRequest>, client: Named): Answer {
    // a client that gets here has been let in, or needs no token
    return request.op === "autenticar" ? responseLine(Status.Ok) : this.#refuse(request, client);
  }

  #report(request: BoardRequest, result: Result, client: Named): Answer {
    switch (result.kind) {
      case "added":
        return responseLine(Status.Added, request.op === "adicionar" && request.id === undefined ? `${result.id}` : "");
      case "deleted":
        return responseLine(Status.Deleted);
      case "listed":
        return result.listing;
      default:
        return this.#refuse(
          { status: refusedStatus(request, result), reason: reason(request, result) },
          client,
          result.kind === "failed" ? "error" : "info",
        );
    }
  }

  #refuse({ status, reason }: Pick<Refusal, "status" | "reason">, { name }: Named, level: Level = "info"): string {
    this.#log.refused(status, reason, { level, client: name });
    // 504 and 505 always say why; for 400 to 403 the protocol fixes an empty `data`
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
