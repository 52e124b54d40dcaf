import { assertEquals, assertLess } from "@std/assert";
import { sendAll } from "./bulk.ts";
import type { Client } from "./client.ts";
import type { Answer } from "./connection.ts";

/** A client whose requests are answered at once, with a text of that length. */
function answeringWith(length: number): Client {
  const answer: Answer = { status: 200, message: "OK", data: "", text: "x".repeat(length) };
  return { request: () => Promise.resolve(answer) } as unknown as Client;
}

/** How many of endless requests are made while the first answer is not taken. */
async function madeMeanwhile(answerLength: number): Promise<number> {
  let made = 0, end = false;
  async function* requests(): AsyncGenerator<string> {
    for (; !end; made++) yield await Promise.resolve("{}");
  }
  const taken = Promise.withResolvers<void>();
  const sending = sendAll(answeringWith(answerLength), requests(), () => taken.promise);
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
