import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { sendAll } from "./bulk.ts";
import type { BulkInput } from "./bulk_input.ts";
import type { Connection } from "./connection.ts";

/** A connection whose requests are answered at once, each with a text of that length. */
function answeringWith(length: number): Pick<Connection, "exchangeAll" | "pipelined"> {
  const answer = { status: 200, message: "OK", data: "", text: "x".repeat(length) };
  return {
    pipelined: true,
    exchangeAll(_requests, count, _timeout, receiver) {
      for (let left = count; left > 0; left--) receiver.answer(answer);
    },
  };
}

/** How many of endless requests, as many at a time as may be, are made while the first answer is not taken. */
async function madeMeanwhile(answerLength: number): Promise<number> {
  let made = 0, end = false;
  const input: BulkInput = {
    next(most) {
      if (end) return Promise.resolve(undefined);
      made += most;
      return Promise.resolve({ text: "{}".repeat(most), count: most, ids: [] });
    },
  };
  const taken = Promise.withResolvers<void>();
  const sending = sendAll(answeringWith(answerLength), input, 0, () => taken.promise);
  await new Promise((resolve) => setTimeout(resolve, 0)); // all that can go on without the answer being taken has gone on
  const meanwhile = made;
  end = true;
  taken.resolve();
  await sending;
  return meanwhile;
}

Deno.test("while nobody takes the answers, few requests are made if they are long and many if they are short", async () => {
  assertLess(await madeMeanwhile(1_000_000), 16);
  const many = await madeMeanwhile(60);
  assertEquals([many > 4000, many < 4200], [true, true]);
});

Deno.test("a fault of this program is no outcome of the requests: it is thrown", async () => {
  const faulty: Pick<Connection, "exchangeAll" | "pipelined"> = {
    pipelined: true,
    exchangeAll: (_requests, _count, _timeout, receiver) => receiver.failure(new TypeError("a fault")),
  };
  const input: BulkInput = { next: () => Promise.resolve({ text: "{}", count: 1, ids: [] }) };
  await assertRejects(() => sendAll(faulty, input, 0, () => {}), TypeError, "a fault");
});
