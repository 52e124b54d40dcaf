import { assertEquals } from "@std/assert";
import { loadRequestReader } from "../protocol/mod.ts";
import { Budget } from "./budget.ts";
import { Intake } from "./intake.ts";

const LIMITS = { maxBytes: 1000, maxDepth: 4 }, readRequest = await loadRequestReader();
const LIST = '{"op":"mostrar"}', DELETE = '{"op":"deletar","id":1}';

function push(intake: Intake, text: string): void {
  const bytes = new TextEncoder().encode(text);
  intake.push(bytes, bytes.length);
}

Deno.test("intake: a listing is the last of its batch, and a batch has 512 requests at most", () => {
  using intake = new Intake(LIMITS, readRequest, new Budget(1_000_000));
  push(intake, DELETE + LIST + LIST + DELETE.repeat(513) + LIST.slice(0, 5));
  const batches: string[][] = [];
  for (let batch = intake.next(false); batch.length > 0; batch = intake.next(false)) {
    batches.push(batch.map(({ op }) => op));
  }
  const deletions = Array<string>(512).fill("deletar");
  assertEquals(batches, [["deletar", "mostrar"], ["mostrar"], deletions, ["deletar"]]);
  assertEquals([intake.batches, intake.partial], [4, true]);
  push(intake, LIST.slice(5));
  assertEquals(intake.next(false).map(({ op }) => op), ["mostrar"]);
  assertEquals([intake.batches, intake.partial], [1, false]);
});

Deno.test("intake: nothing is read that stands behind what cannot be, however often it is asked for", () => {
  for (const bad of ["}", "{oops}", '"\\x"', '{"op":"deletar","id":01}', "[[[[[]]]]]"]) {
    using intake = new Intake(LIMITS, readRequest, new Budget(1_000_000));
    push(intake, DELETE + bad + DELETE);
    const batches = Array.from({ length: 3 }, () => intake.next(false).map(({ op }) => op));
    assertEquals([batches, intake.failure === undefined], [[["deletar"], [], []], false], bad);
  }
});

Deno.test("intake: what a client has begun counts until it is finished or the client is gone, and one for which there is no room fails", () => {
  const BYTES = 10_000, budget = new Budget(BYTES), limits = { maxBytes: 1_000_000, maxDepth: 4 };
  const isFree = () => {
    const isFree = budget.exchange(0, BYTES);
    if (isFree) budget.exchange(BYTES, 0);
    return isFree;
  };
  const begin = (length: number) => {
    const intake = new Intake(limits, readRequest, budget);
    push(intake, '{"op":"mostrar","data":"'.padEnd(length, "x"));
    assertEquals(intake.next(false), []);
    return intake;
  };
  const finished = begin(5000);
  assertEquals([isFree(), finished.failure], [false, undefined]);
  push(finished, '"}');
  assertEquals(finished.next(false).map(({ op }) => op), ["mostrar"]);
  assertEquals(isFree(), true);

  const gone = begin(5000), other = begin(20_000);
  assertEquals(other.failure?.reason, "Server holds too many unfinished requests");
  assertEquals([isFree(), gone.failure], [false, undefined]);
  gone[Symbol.dispose]();
  assertEquals(isFree(), true);
  for (const intake of [finished, gone, other]) intake[Symbol.dispose]();
  assertEquals(isFree(), true);
  assertEquals(budget.exchange(0, BYTES + 1), false);
});
