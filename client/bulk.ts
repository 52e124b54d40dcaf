import type { BulkInput } from "./bulk_input.ts";
import type { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import { type Outcome, UnderWay } from "./under_way.ts";

/**
 * Sends requests as they come, without waiting for answers, and reports the answers in order as they come. After the first failure no more are
 * sent, and it is reported for all requests under way.
 *
 * @param connection sends them
 * @param input gives them
 * @param timeout for each answer, in milliseconds; 0 is for ever
 * @param report called with each outcome, in the order of the requests; while it is slow, fewer are sent
 * @throws what reading the requests throws, once those before are answered; at once, a fault of this program that ended the connection
 */
export async function sendAll(
  connection: Pick<Connection, "exchangeAll" | "pipelined">,
  input: BulkInput,
  timeout: number,
  report: (outcome: Outcome) => Promise<void> | void,
): Promise<void> {
  const underWay = new UnderWay();
  const reading = readInto(underWay, connection, input, timeout);
  reading.catch(() => {}); // it is awaited below, once everything that was sent is answered
  let failed = false;
  for (let outcome = await underWay.next(); outcome !== undefined; outcome = await underWay.next()) {
    if (outcome.kind === "failure" && !(outcome.error instanceof ClientError)) throw outcome.error;
    await report(outcome);
    underWay.done(outcome);
    failed ||= outcome.kind === "failure";
  }
  if (!failed) await reading; // otherwise the input may have nothing to give for a long time
}

async function readInto(
  underWay: UnderWay,
  connection: Pick<Connection, "exchangeAll" | "pipelined">,
  input: BulkInput,
  timeout: number,
): Promise<void> {
  try {
    for (let room = await underWay.room(); room > 0; room = await underWay.room()) {
      const batch = await input.next(connection.pipelined ? room : 1);
      if (batch === undefined || underWay.closed) return;
      connection.exchangeAll(batch.text, batch.count, timeout, underWay.put(batch));
    }
  } finally {
    underWay.close();
  }
}
