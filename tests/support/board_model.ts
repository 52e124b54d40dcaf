import { assertEquals } from "@std/assert";
import { formatMessage, LISTING_FRAME, type ListingForm, type Message } from "../../protocol/mod.ts";
import type { Listing, Operation, Result } from "../../server/store/mod.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a listing says, `data` unescaped; any other result as it is. */
export type Outcome = Exclude<Result, { kind: "listed" }> | { kind: "listed"; data: string };

/** A result as tests compare it. */
export function outcome(result: Result): Outcome {
  return result.kind === "listed" ? { kind: "listed", data: listed(result.listing) } : result;
}

/** The `data` of the line that a listing is. */
export function listed({ pieces }: Listing): string {
  const line = pieces.map((piece) => decoder.decode(piece)).join("");
  const { status, message, data } = JSON.parse(line);
  assertEquals(line, `{"status": ${status}, "message": "${message}", "data": ${JSON.stringify(data)}}\n`);
  assertEquals([status, message], [200, "OK"]);
  return data;
}

/** The board as the contract has it (server/store/store.ts), in the plainest way. */
export class BoardModel {
  /** In the order of insertion. */
  messages: Message[] = [];
  #highest = 0;

  /** Another one that is as this one is now. */
  copy(): BoardModel {
    const copy = new BoardModel();
    copy.messages = [...this.messages];
    copy.#highest = this.#highest;
    return copy;
  }

  /** What a store must answer. */
  apply(operation: Operation): Outcome {
    switch (operation.kind) {
      case "add": {
        const id = operation.id ?? this.#highest + 1;
        if (!Number.isSafeInteger(id)) return { kind: "exhausted" };
        if (this.messages.some((message) => message.id === id)) return { kind: "taken" };
        this.messages.push({ id, mensagem: `${operation.text}` });
        this.#highest = Math.max(this.#highest, id);
        return { kind: "added", id };
      }
      case "delete": {
        const left = this.messages.filter(({ id }) => id !== operation.id);
        const deleted = left.length < this.messages.length;
        this.messages = left;
        return { kind: deleted ? "deleted" : "absent" };
      }
      case "list":
        return { kind: "listed", data: this.#listing(operation.form) };
    }
  }

  #listing(form: ListingForm): string {
    const { open, separator, close } = LISTING_FRAME[form];
    return open + this.messages.map((message) => formatMessage(message, form)).join(separator) + close;
  }
}
