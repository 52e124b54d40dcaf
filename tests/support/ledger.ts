import { assert, assertEquals } from "@std/assert";
import { type Message, readListing } from "../../protocol/mod.ts";
import { exchange, type RawClient } from "./raw_client.ts";

/** What must be true of an id: `unknown` when an answer did not come. */
interface Entry {
  text: string;
  state: "there" | "gone" | "unknown";
}

/** What clients were told, against which a board is audited: what was acknowledged is so, and what was refused is not. */
export class Ledger {
  readonly #entries = new Map<number, Entry>();
  /** How many adds and deletes were acknowledged. */
  acknowledged = 0;

  /**
   * Adds a message under an id that this ledger has not seen.
   *
   * @returns the status of the answer, or `undefined` when none came
   */
  async add(client: RawClient, id: number, text: string): Promise<number | undefined> {
    assert(!this.#entries.has(id));
    const entry: Entry = { text, state: "unknown" };
    this.#entries.set(id, entry);
    return await this.#ask(client, { op: "adicionar", id, data: text }, { 201: "there", 401: "gone" }, entry);
  }

  /** Deletes a message that is on the board. */
  async delete(client: RawClient, id: number): Promise<number | undefined> {
    const entry = this.#entries.get(id)!;
    entry.state = "unknown";
    const status = await this.#ask(client, { op: "deletar", id }, { 202: "gone", 403: "there" }, entry);
    if (status === 202) this.#entries.delete(id); // nobody may find it any more: that is all there is to know
    return status;
  }

  /** Takes a listing to pieces; from then on what was unknown is known, and must stay so. */
  async audit(port: number): Promise<Message[]> {
    const { status, data } = JSON.parse(await exchange(port, '{"op":"mostrar","data":"json"}'));
    assertEquals(status, 200);
    const messages = await readListing(data);
    this.check(messages);
    return messages;
  }

  /** The same of the messages on a board. */
  check(messages: readonly Message[]): void {
    const there = new Map(messages.map(({ id, mensagem }) => [id, mensagem]));
    assertEquals(there.size, messages.length, "an id is there twice");
    for (const [id, entry] of this.#entries) {
      if (entry.state === "unknown") entry.state = there.has(id) ? "there" : "gone";
      assertEquals(there.get(id), entry.state === "there" ? entry.text : undefined, `id ${id}`);
      there.delete(id);
    }
    assertEquals([...there], [], "nobody added these");
  }

  /** Whether the answer has come; it must be one that fits. */
  async #ask(
    client: RawClient,
    request: unknown,
    states: Record<number, Entry["state"]>,
    entry: Entry,
  ): Promise<number | undefined> {
    const line = await client.ask(JSON.stringify(request)).catch(() => "");
    if (!line.endsWith("\n")) return undefined; // the server is gone
    const { status } = JSON.parse(line);
    if (status === 505) return undefined;
    assert(status in states, line);
    entry.state = states[status];
    if (status < 300) this.acknowledged++;
    return status;
  }
}

/** Adds under ids from `first` on, and deletes every fourth of them, until the server is gone or it is told to stop. */
export async function addAndDelete(
  client: RawClient,
  ledger: Ledger,
  first: number,
  goOn: () => boolean = () => true,
): Promise<void> {
  for (let id = first; goOn(); id++) {
    const added = await ledger.add(client, id, `message ${id}`);
    if (added === undefined) return;
    if (added === 201 && id % 4 === 0 && await ledger.delete(client, id) === undefined) return;
  }
}
