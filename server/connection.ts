import { Status } from "../protocol/mod.ts";
import { formatAddress } from "./address.ts";
import type { Answer } from "./board.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { Timed } from "./deadlines.ts";
import { discard, LINGER, sayFarewell, SHUTTING_DOWN } from "./farewell.ts";
import { Intake } from "./intake.ts";
import { encodeAnswers } from "./output.ts";
import { LARGE_READ, nextSize, SMALLEST_BUFFER } from "./read_buffer.ts";
import { isDisconnect, type Socket } from "./socket.ts";
import type { Listing } from "./store/mod.ts";
import type { Turn } from "./turnstile.ts";

/** After this many bytes of an answer others get a turn. */
const LARGE_WRITE = 1_048_576;
const TOO_SLOW = "Client reads a listing too slowly while others change the board";
const NOTHING = new Uint8Array(0);

/** One client: reads, frames, asks the board, writes. It writes one thing at a time, and reads nothing meanwhile (backpressure). */
export class Connection implements Timed, Turn {
  /** See {@linkcode Timed}. */
  deadline = Infinity;
  /** See {@linkcode Turn}. */
  window = 0;
  readonly #conn: Socket;
  readonly #context: ConnectionContext;
  readonly #intake: Intake;
  /** What the loop is waiting for, which decides how the connection can end. */
  #state: "reading" | "answering" | "lingering" = "reading";
  /** Why this client is to be let go once its requests are answered. */
  #draining: string | undefined;
  /** Why this client, which does not read, is to be let go once the answers being written are out. */
  #stuck: string | undefined;
  #closed = false;

  /**
   * @param conn the client's socket, owned from now on
   * @param context what it shares with the other connections of its server
   */
  constructor(conn: Socket, context: ConnectionContext) {
    this.#conn = conn;
    this.#context = context;
    this.#intake = new Intake(context.limits, context.readRequest, context.unfinished);
  }

  /** Who it is, for the log: an address and a port, or the path of a Unix socket. */
  get name(): string {
    return formatAddress(this.#conn.remoteAddr);
  }

  /**
   * Serves the client until it goes, or is let go; never rejects.
   *
   * @param first what has been read from the client
   */
  async run(first: Uint8Array = NOTHING): Promise<void> {
    const { deadlines, limits, turnstile, log } = this.#context;
    deadlines.add(this);
    turnstile.opened();
    this.deadline = deadlines.after(limits.idleTimeout);
    try {
      log.debug(`Client ${this.name} connected`);
      await this.#serve(first);
    } catch (error) {
      this.#failed(error);
    } finally {
      turnstile.closed();
      this.abort();
      log.debug(`Client ${this.name} left`);
    }
  }

  /**
   * Answers the requests in flight, then tells the client 505 and lets it go.
   *
   * @param reason why, in one line
   */
  drain(reason = SHUTTING_DOWN): void {
    this.#draining = reason;
    if (this.#state === "reading") this.#endInBackground(reason);
  }

  /** Closes at once. */
  abort(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake[Symbol.dispose]();
    // here and not when the loop ends: on Deno 2.4 a pending write does not end when its socket is closed
    this.#context.deadlines.delete(this);
    this.#conn.close();
  }

  /** See {@linkcode Timed}. */
  expire(): void {
    const { deadlines, limits, log } = this.#context;
    if (this.#state === "reading") {
      this.#endInBackground(
        this.#intake.partial
          ? `Request was not finished in ${limits.requestTimeout / 1000} s`
          : `Connection was idle for ${limits.idleTimeout / 1000} s`,
      );
      return;
    }
    if (this.#state === "answering") {
      const reason = `Client read too little for ${limits.writeTimeout / 1000} s`;
      if (this.#stuck === undefined) {
        // if it reads to the end of the answer after all, it can be told
        this.#stuck = reason;
        this.deadline = deadlines.after(LINGER);
        return;
      }
      log.refused(Status.Closed, reason, { level: "warn", client: this.name });
    }
    this.abort();
  }

  /** Closes, for the listing being written was taken back. The client is mostly in the middle of a line, where it cannot be told. */
  #giveUp(): void {
    if (this.#closed) return;
    this.#context.log.refused(Status.Closed, TOO_SLOW, { level: "warn", client: this.name });
    this.abort();
  }

  /** Logs an error, unless it only says that the client has gone. */
  #failed(error: unknown): void {
    if (this.#closed || isDisconnect(error)) return;
    this.#context.log.error(`Connection failed: ${(error as Error).stack ?? error}`);
  }

  async #serve(first: Uint8Array): Promise<void> {
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    for (let bytes = first, length: number | null = first.length, isRest = false;;) {
      const { deadline } = this, wasPartial = this.#intake.partial;
      // from here on only writes are timed: how long the store takes is not the client's doing
      this.#state = "answering";
      this.deadline = Infinity;
      if (length !== null) this.#intake.push(bytes, length);
      let requests = this.#intake.next(length === null);
      // white space, or one more piece of a request, gains a client no time
      const kept = requests.length === 0 && this.#intake.partial === wasPartial ? deadline : undefined;
      for (; requests.length > 0 && this.#stuck === undefined; requests = this.#intake.next(length === null)) {
        if (this.#intake.batches > 1) await this.#context.breather.next();
        // whatever else came in this turn is carried out first, so that all who ask for the listing now share one
        if (requests.at(-1)!.op === "mostrar") await null;
        const results = this.#context.board.carryOut(requests), isDone = Array.isArray(results);
        const answers = this.#context.board.answer(requests, isDone ? results : await results, this);
        const listing = listingIn(answers);
        if (listing !== undefined) {
          await this.#give(listing, answers);
          continue;
        }
        const [lines] = encodeAnswers(answers);
        // whatever else came in this turn is carried out first, so that the answers leave close together: a client that is woken by the first is
        // still awake for the others, which gains a tenth in requests a second
        if (isDone) await null;
        this.deadline = this.#context.deadlines.after(this.#context.limits.writeTimeout);
        // written here and not in #write, for the frame of an asynchronous function is a quarter of the garbage of a small request
        const written = await this.#conn.write(lines);
        if (written < lines.length) await this.#write([lines], written);
        this.deadline = Infinity;
      }
      const ending = this.#ending(length === null);
      if (ending !== undefined) {
        await this.#end(ending);
        return length === null ? undefined : await discard(this.#conn);
      }
      if (length === null) return this.#conn.hasLastWord ? await this.#endAfterClient() : undefined;
      this.#state = "reading";
      const { partial, batches } = this.#intake, { deadlines, limits } = this.#context;
      this.deadline = kept ?? deadlines.after(partial ? limits.requestTimeout : limits.idleTimeout);
      const size = nextSize(buffer.length, length, isRest, batches);
      isRest = length >= buffer.length;
      if (size !== buffer.length) buffer = new Uint8Array(size);
      const turn = this.#context.turnstile.pass(this, length, batches);
      if (turn !== undefined) await this.#waitFor(turn);
      const rest = batches > 1 || length >= LARGE_READ ? this.#context.breather.next() : undefined;
      if (rest !== undefined) await this.#waitFor(rest);
      length = await this.#conn.read(buffer);
      this.#context.turnstile.arrived();
      if (this.#lingering) return length === null ? undefined : await discard(this.#conn);
      bytes = buffer;
    }
  }

  /** Writes answers of which the last is a listing, which it holds until then. */
  async #give(listing: Listing, answers: readonly Answer[]): Promise<void> {
    using held = listing;
    held.whenTakenBack(() => this.#giveUp());
    const pieces = encodeAnswers(answers);
    await null; // as small answers do
    await this.#write(pieces);
    this.deadline = Infinity;
  }

  /** Writes pieces, and lets others have a turn now and then. The first `start` bytes of the first piece are written already. */
  async #write(pieces: readonly Uint8Array[], start = 0): Promise<void> {
    const { breather, deadlines, limits } = this.#context;
    let at = start, written = start;
    for (const bytes of pieces) {
      while (at < bytes.length) {
        if (this.#stuck === undefined) this.deadline = deadlines.after(limits.writeTimeout);
        const length = await this.#conn.write(at === 0 ? bytes : bytes.subarray(at));
        at += length;
        written += length;
        if (written < LARGE_WRITE || this.#stuck !== undefined) continue;
        this.deadline = Infinity;
        written = 0;
        await breather.next();
      }
      at = 0;
    }
  }

  /** Waits for its turn. Its deadline stands still, because what the client sends meanwhile is not read. */
  async #waitFor(turn: Promise<void>): Promise<void> {
    if (this.#state !== "reading") return; // it has been told why it is let go, and its deadline is for reading that
    const { deadlines } = this.#context, { deadline } = this, since = deadlines.now;
    this.deadline = Infinity;
    await turn;
    if (this.#state === "reading") this.deadline = deadline + deadlines.now - since;
  }

  async #endAfterClient(): Promise<void> {
    this.deadline = this.#context.deadlines.after(this.#context.limits.writeTimeout);
    await this.#conn.closeWrite();
  }

  /** Why the client is to be let go now, if it is. */
  #ending(atEnd: boolean): string | undefined {
    return this.#stuck ?? this.#intake.failure?.reason ?? (atEnd ? undefined : this.#draining);
  }

  /** Says why, as the last line. Whatever the client still sends is thrown away until it closes, or its time is over. */
  #end(reason: string): Promise<void> {
    this.#state = "lingering";
    this.deadline = this.#context.deadlines.after(LINGER);
    const { failure } = this.#intake;
    return sayFarewell(this.#conn, this.#context.log, reason, reason === failure?.reason ? failure.sample : undefined);
  }

  /** {@linkcode #end} while the loop waits in a read, which then sees that the connection is lingering. */
  #endInBackground(reason: string): void {
    this.#end(reason).catch((error) => {
      this.#failed(error);
      this.abort();
    });
  }

  /** A getter, so that the compiler knows that it may change during a read. */
  get #lingering(): boolean {
    return this.#state === "lingering";
  }
}

/** The listing among the answers of a batch, if there is one: it is the last, and must be disposed of. */
function listingIn(answers: readonly Answer[]): Listing | undefined {
  const last = answers[answers.length - 1];
  return typeof last === "string" ? undefined : last;
}
