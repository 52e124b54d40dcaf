import { assert, assertEquals } from "@std/assert";
import { MOST_CHARACTERS, MOST_REQUESTS, RequestQueue } from "./request_queue.ts";

/** Tells what it has received, and by which name. */
function receiver(told: unknown[] = [], name = "") {
  return { answer() {}, failure: (error: unknown) => void told.push(`${name}: ${error}`) };
}

Deno.test("request queue: one at a time until it is pipelined, and then all that are there", () => {
  const queue = new RequestQueue();
  const first = queue.add("a", 1, 0, receiver());
  for (const requests of ["b", "cc"]) queue.add(requests, requests.length, 0, receiver());
  assertEquals([queue.takeUnsent(), queue.takeUnsent(), queue.hasUnsent], ["a", "", true]);
  assertEquals(queue.oldest, first);
  queue.answered(1);
  queue.pipelined = true;
  assertEquals([queue.takeUnsent(), queue.takeUnsent(), queue.hasUnsent], ["bcc", "", false]);
});

Deno.test("request queue: answers are for the oldest, until it has all of its own", () => {
  const queue = new RequestQueue();
  queue.pipelined = true;
  const first = queue.add("aaa", 3, 0, receiver()), second = queue.add("b", 1, 0, receiver());
  queue.takeUnsent();
  queue.answered(2);
  assertEquals(queue.oldest, first);
  queue.answered(1);
  assertEquals(queue.oldest, second);
  queue.answered(1);
  assertEquals(queue.oldest, undefined);
});

Deno.test("request queue: those sent later are answered, or fail, behind those that were sent before", () => {
  const queue = new RequestQueue(), told: unknown[] = [];
  queue.pipelined = true;
  const add = (name: string) => queue.add(name, 1, 0, receiver(told, name));
  const [a, b] = [add("a"), add("b")];
  queue.takeUnsent();
  const [c] = [add("c"), add("d")];
  queue.takeUnsent();
  for (const oldest of [a, b, c]) {
    assertEquals(queue.oldest, oldest);
    if (oldest === b) { for (const name of ["e", "f"]) add(name); }
    if (oldest !== c) queue.answered(1);
  }
  queue.takeUnsent();
  add("g");
  queue.fail("lost");
  assertEquals(told, ["c", "d", "e", "f", "g"].map((name) => `${name}: lost`));
});

Deno.test("request queue: the time for an answer begins when it is sent, and anew when the one before has come", () => {
  const queue = new RequestQueue();
  queue.pipelined = true;
  queue.add("a", 1, 0, receiver());
  const second = queue.add("b", 1, 60_000, receiver()), third = queue.add("c", 1, 0, receiver());
  assertEquals(second.deadline, Infinity);
  queue.takeUnsent();
  assertEquals(third.deadline, Infinity); // 0 is for ever
  assert(second.deadline <= performance.now() + 60_000);
  second.deadline = 0; // as if much time had passed
  queue.answered(1);
  assert(second.deadline >= 60_000);
});

Deno.test("request queue: what is not sent yet can be withdrawn, what is sent stays", () => {
  const queue = new RequestQueue();
  const sent = queue.add("a", 1, 0, receiver()), unsent = queue.add("b", 1, 0, receiver());
  queue.takeUnsent();
  for (const pending of [sent, unsent]) queue.withdraw(pending);
  assertEquals([queue.oldest, queue.hasUnsent], [sent, false]);
});

Deno.test("request queue: a failure is told to all, in order, and once", () => {
  const queue = new RequestQueue(), told: unknown[] = [];
  for (const requests of ["a", "b"]) queue.add(requests, 1, 0, receiver(told, requests));
  queue.takeUnsent();
  for (const error of ["lost", "lost again"]) queue.fail(error);
  assertEquals(told, ["a: lost", "b: lost"]);
  assertEquals([queue.oldest, queue.hasUnsent], [undefined, false]);
});

Deno.test("request queue: it is full of requests until one is answered or withdrawn, sent or not", () => {
  const queue = new RequestQueue();
  queue.add("{}".repeat(MOST_REQUESTS - 1), MOST_REQUESTS - 1, 0, receiver());
  assertEquals(queue.isFull, false);
  const last = queue.add("{}", 1, 0, receiver());
  assertEquals([queue.isFull, queue.size], [true, MOST_REQUESTS]);
  queue.takeUnsent();
  assertEquals(queue.isFull, true);
  queue.withdraw(last);
  queue.withdraw(last);
  assertEquals([queue.isFull, queue.size], [false, MOST_REQUESTS - 1]);
  queue.add("{}", 1, 0, receiver());
  queue.answered(1);
  assertEquals([queue.isFull, queue.size], [false, MOST_REQUESTS - 1]);
});

Deno.test("request queue: it is full of characters until those who have them are answered, or all have failed", () => {
  const queue = new RequestQueue();
  queue.pipelined = true;
  for (let round = 0; round < 2; round++) {
    queue.add("x".repeat(MOST_CHARACTERS), 2, 0, receiver());
    queue.takeUnsent();
    queue.answered(1);
    assertEquals(queue.isFull, true);
    queue.answered(1);
    assertEquals([queue.isFull, queue.size], [false, 0]);
  }
  queue.add("x".repeat(MOST_CHARACTERS), 1, 0, receiver());
  queue.fail("lost");
  assertEquals([queue.isFull, queue.size], [false, 0]);
});
