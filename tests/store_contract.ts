import { assert, assertEquals, fail } from "@std/assert";
import { EscapedText, readListing } from "../protocol/mod.ts";
import type { Listing, Operation, Store } from "../server/store/mod.ts";
import { BoardModel, listed, type Outcome, outcome } from "./support/board_model.ts";
import { add } from "./support/operations.ts";
import { Random } from "./support/random.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** What every engine does: operations on an empty board, and their results. */
const EXCHANGES: Record<string, [operation: Operation, outcome: Outcome][]> = {
  "an empty board": [
    [list(), { kind: "listed", data: "" }],
    [list("json"), { kind: "listed", data: "[]" }],
    [remove(1), { kind: "absent" }],
  ],
  "add, list and delete, each seeing those before it": [
    [add(1, "abc"), { kind: "added", id: 1 }],
    [list(), { kind: "listed", data: "{'id': 1, 'mensagem': 'abc'}" }],
    [add(2, "fgh"), { kind: "added", id: 2 }],
    [list(), { kind: "listed", data: "{'id': 1, 'mensagem': 'abc'},{'id': 2, 'mensagem': 'fgh'}" }],
    [list("json"), { kind: "listed", data: '[{"id":1,"mensagem":"abc"},{"id":2,"mensagem":"fgh"}]' }],
    [remove(1), { kind: "deleted" }],
    [list("json"), { kind: "listed", data: '[{"id":2,"mensagem":"fgh"}]' }],
    [remove(1), { kind: "absent" }],
  ],
  "an id on the board is taken, and its text stays": [
    [add(3, "first"), { kind: "added", id: 3 }],
    [add(3, "second"), { kind: "taken" }],
    [list(), { kind: "listed", data: "{'id': 3, 'mensagem': 'first'}" }],
  ],
  "the order is that of insertion, also after an id comes back": [
    [add(5, "a"), { kind: "added", id: 5 }],
    [add(-5, "b"), { kind: "added", id: -5 }],
    [add(0, "c"), { kind: "added", id: 0 }],
    [remove(5), { kind: "deleted" }],
    [add(5, "d"), { kind: "added", id: 5 }],
    [list("json"), {
      kind: "listed",
      data: '[{"id":-5,"mensagem":"b"},{"id":0,"mensagem":"c"},{"id":5,"mensagem":"d"}]',
    }],
  ],
  "a picked id is one above the highest ever held": [
    [add(undefined, "a"), { kind: "added", id: 1 }],
    [add(undefined, "b"), { kind: "added", id: 2 }],
    [remove(2), { kind: "deleted" }],
    [add(undefined, "c"), { kind: "added", id: 3 }],
    [add(100, "d"), { kind: "added", id: 100 }],
    [add(50, "e"), { kind: "added", id: 50 }],
    [remove(100), { kind: "deleted" }],
    [add(undefined, "f"), { kind: "added", id: 101 }],
  ],
  "a picked id is 1 at least": [
    [add(-9, "a"), { kind: "added", id: -9 }],
    [add(undefined, "b"), { kind: "added", id: 1 }],
  ],
  "the largest ids, and none above": [
    [add(-MAX, "a"), { kind: "added", id: -MAX }],
    [add(MAX - 1, "b"), { kind: "added", id: MAX - 1 }],
    [add(undefined, "c"), { kind: "added", id: MAX }],
    [add(undefined, "d"), { kind: "exhausted" }],
    [add(MAX, "e"), { kind: "taken" }],
    [remove(MAX), { kind: "deleted" }],
    [add(undefined, "f"), { kind: "exhausted" }],
    [add(7, "g"), { kind: "added", id: 7 }],
    [list("json"), {
      kind: "listed",
      data: `[{"id":${-MAX},"mensagem":"a"},{"id":${MAX - 1},"mensagem":"b"},{"id":7,"mensagem":"g"}]`,
    }],
  ],
  "texts come back whole": [
    [add(1, ""), { kind: "added", id: 1 }],
    [add(2, "\0"), { kind: "added", id: 2 }],
    [add(3, "a\0b\0"), { kind: "added", id: 3 }],
    [add(4, "\0😀 漢\u{10ffff}\ufeff"), { kind: "added", id: 4 }],
    [add(5, "\ufeffé'\"\\\n"), { kind: "added", id: 5 }],
    [list("json"), {
      kind: "listed",
      data: JSON.stringify(
        ["", "\0", "a\0b\0", "\0😀 漢\u{10ffff}\ufeff", "\ufeffé'\"\\\n"]
          .map((mensagem, at) => ({ id: at + 1, mensagem })),
      ),
    }],
  ],
};

/**
 * The tests that every engine passes.
 *
 * @param engine its name
 * @param withStore opens an empty board, hands it over, and closes it
 * @param ignore whether the engine cannot be had here
 */
export function storeContract(
  engine: string,
  withStore: (test: (store: Store) => Promise<void>) => Promise<void>,
  ignore = false,
) {
  const test = (name: string, fn: (store: Store) => Promise<void>) =>
    Deno.test({ name: `${engine} store: ${name}`, ignore, fn: () => withStore(fn) });

  for (const [name, exchange] of Object.entries(EXCHANGES)) {
    const operations = exchange.map(([operation]) => operation), outcomes = exchange.map(([, outcome]) => outcome);

    test(`${name}, in one batch`, async (store) => {
      assertEquals((await store.apply(operations)).map(outcome), outcomes);
    });

    test(`${name}, one at a time`, async (store) => {
      for (const [at, operation] of operations.entries()) {
        assertEquals((await store.apply([operation])).map(outcome), [outcomes[at]]);
      }
    });

    test(`${name}, in calls at once`, async (store) => {
      const results = await Promise.all(operations.map((operation) => store.apply([operation])));
      assertEquals(results.flat().map(outcome), outcomes);
    });
  }

  test("no operations, no results", async (store) => {
    assertEquals(await store.apply([]), []);
  });

  test("counts its messages", async (store) => {
    assertEquals(store.count(), 0);
    await store.apply([add(1, "a"), add(2, "b"), add(2, "c"), remove(1), remove(9)]);
    assertEquals(store.count(), 1);
  });

  test("lists long messages in pieces that are not much longer than one of them", async (store) => {
    const text = "\x7f\\".repeat(50_000);
    const messages = Array.from({ length: 20 }, (_, at) => ({ id: at + 1, mensagem: text }));
    await store.apply(messages.map(({ id, mensagem }) => add(id, mensagem)));
    for (const form of ["python", "json"] as const) {
      const [result] = await store.apply([list(form)]);
      if (result.kind !== "listed") return fail(result.kind);
      assertEquals(await readListing(listed(result.listing)), messages);
      // a character of the text takes five bytes at most
      assert(result.listing.pieces.every((piece) => piece.length < 600_000));
    }
  });

  test("closes twice", async (store) => {
    await store.apply([add(1, "a")]);
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });

  test("one of many that add the same id at once wins", async (store) => {
    const results = await Promise.all(Array.from({ length: 50 }, (_, at) => store.apply([add(8, `${at}`)])));
    assertEquals(results.flat().filter(({ kind }) => kind === "added").length, 1);
    assertEquals(results.flat().filter(({ kind }) => kind === "taken").length, 49);
  });

  for (const seed of [1, 2, 3]) {
    test(`answers thousands of random operations as the model does, seed ${seed}`, async (store) => {
      const random = new Random(seed), model = new BoardModel();
      const given: { listing: Listing; data: string }[] = [];
      for (let round = 0; round < 60; round++) {
        const growing = round % 20 < 10;
        const batches = Array.from(
          { length: 1 + random.below(3) },
          () => Array.from({ length: random.below(80) }, () => anyOperation(random, model, growing)),
        );
        const expected = batches.map((batch) => batch.map((operation) => model.apply(operation)));
        const results = await Promise.all(batches.map((batch) => store.apply(batch)));
        assertEquals(results.map((batch) => batch.map(outcome)), expected);
        assertEquals(store.count(), model.messages.length);
        for (const result of results.flat()) {
          if (result.kind !== "listed") continue;
          given.push({ listing: result.listing, data: listed(result.listing) });
          // some are held to the end, others let go at once or after a while: no change may be seen in one that is held
          if (random.below(3) > 0) given.splice(random.below(given.length), 1)[0].listing[Symbol.dispose]();
        }
      }
      for (const { listing, data } of given) assertEquals(listed(listing), data);
    });
  }

  test("of listings of the board as it was the oldest are taken back when too much is kept for them", async (store) => {
    const text = "a".repeat(50_000), length = 20 * text.length, most = 134_217_728;
    await store.apply(Array.from({ length: 20 }, (_, id) => add(id, text)));
    const given: Listing[] = [], takenBack: Listing[] = [];
    const changeAndList = async (id: number): Promise<Listing> => {
      const [result] = (await store.apply([remove(id), add(id + 20, text), list()])).slice(-1);
      return result.kind === "listed" ? result.listing : fail(result.kind);
    };
    for (let id = 0; id < 180; id++) {
      const listing = await changeAndList(id);
      listing.whenTakenBack(() => takenBack.push(listing));
      given.push(listing);
    }
    assert(takenBack.length > 180 - most / length);
    assertEquals(takenBack.map((listing) => given.indexOf(listing)), takenBack.map((_, at) => at));
    const count = takenBack.length;
    for (const [at, listing] of given.entries()) {
      if (at >= count) assert(listed(listing).startsWith(`{'id': ${at + 1}, `));
    }
    // who comes late with it is told at once
    let told = 0;
    given[0].whenTakenBack(() => told++);
    given[count].whenTakenBack(() => told++);
    assertEquals(told, 1);
    for (const listing of given) listing[Symbol.dispose]();
    // what is disposed of counts no more
    for (let id = 180; id < 480; id++) {
      const listing = await changeAndList(id);
      listing.whenTakenBack(() => takenBack.push(listing));
      assert(listed(listing).startsWith(`{'id': ${id + 1}, `));
      listing[Symbol.dispose]();
    }
    assertEquals(takenBack.length, count);
  });

  test("listings of a large board amid changes show it as it was, as long as they are held", async (store) => {
    const random = new Random(17), texts = new Map<number, string>();
    const held: { listing: Listing; data: string }[] = [];
    let next = 1;
    const added = (): Operation => {
      const text = random.below(500) > 0 ? `é'${"a".repeat(random.below(100))}` : "\\x7f".repeat(60_000);
      texts.set(next, text);
      return add(next++, text);
    };
    await store.apply(Array.from({ length: 9000 }, added));
    for (let round = 0; round < 30; round++) {
      const changes: Operation[] = [], ids = [...texts.keys()];
      const thinned = random.below(10) === 0;
      for (let left = thinned ? 1500 : random.below(9); left > 0; left--) {
        const id = random.pick(ids);
        if (texts.delete(id)) changes.push(remove(id));
        if (!thinned || left % 2 === 0) changes.push(added());
      }
      const [result] = (await store.apply([...changes, list("json")])).slice(-1);
      if (result.kind !== "listed") return fail(result.kind);
      const data = JSON.stringify(Array.from(texts, ([id, mensagem]) => ({ id, mensagem })));
      // compared as a whole, for a difference in a megabyte takes minutes to be shown
      assert(listed(result.listing) === data);
      held.push({ listing: result.listing, data });
      if (random.below(4) > 0) {
        const [{ listing, data }] = held.splice(random.below(held.length), 1);
        assert(listed(listing) === data);
        listing[Symbol.dispose]();
        listing[Symbol.dispose]();
      }
    }
    for (const { listing, data } of held) assert(listed(listing) === data);
  });

  test("what comes between two listings is in the next one, however much, whatever its text, and if it stays", async (store) => {
    const random = new Random(31), model = new BoardModel();
    const odd = ["it's", '"', "\\", "é", "\n", "\x7f", "😀"], plain = () => "a~ !".repeat(random.below(40));
    const both = async (operations: Operation[]) => {
      const expected = operations.map((operation) => model.apply(operation));
      const results = await store.apply(operations);
      assertEquals(results.map(outcome), expected);
      for (const result of results) if (result.kind === "listed") result.listing[Symbol.dispose]();
    };
    for (let round = 0; round < 200; round++) {
      // now and then more than is kept for the next listing, or one that is too long for it
      const count = random.below(40) === 0 ? 900 : random.below(6);
      const texts = Array.from({ length: count }, () => random.below(12) === 0 ? random.pick(odd) : plain());
      if (random.below(40) === 0) texts.push("b".repeat(70_000));
      await both(texts.map((text) => add(undefined, text)));
      if (random.below(4) === 0 && count > 0) await both([remove(model.messages.at(-1)!.id)]);
      if (random.below(3) === 0) await both([add(undefined, plain())]);
      await both([list(random.pick(["python", "json"]))]);
      while (model.messages.length > 60) await both(model.messages.slice(30).map(({ id }) => remove(id)));
    }
  });

  test("listings are whole when long messages come and go between them", async (store) => {
    const random = new Random(41), model = new BoardModel(), long = () => "x".repeat(100_000 + random.below(100_000));
    const both = async (operations: Operation[]) => {
      const expected = operations.map((operation) => model.apply(operation));
      const outcomes = (await store.apply(operations)).map((result) => {
        const given = outcome(result);
        if (result.kind === "listed") result.listing[Symbol.dispose]();
        return given;
      });
      // compared as a whole, for a difference in a megabyte takes minutes to be shown
      assert(JSON.stringify(outcomes) === JSON.stringify(expected), `${model.messages.length} messages`);
    };
    for (const form of ["json", "python"] as const) {
      await both([add(undefined, "short"), list(form), add(undefined, long()), list(form), list(form)]);
      await both([
        add(undefined, long()),
        add(undefined, "b"),
        list(form),
        remove(model.messages.at(-1)!.id),
        list(form),
      ]);
    }
    for (let round = 0; round < 120; round++) {
      const added = () => add(undefined, random.below(3) === 0 ? long() : "y".repeat(random.below(50)));
      await both(Array.from({ length: random.below(4) }, added));
      const { messages } = model;
      const from = random.below(messages.length + 1);
      await both(messages.slice(from, from + random.below(messages.length > 8 ? 8 : 3)).map(({ id }) => remove(id)));
      await both([list(random.pick(["json", "python"]))]);
    }
  });

  test("the bytes that a text lies in may be used again once its result is known", async (store) => {
    const buffer = new Uint8Array(70_000), encoder = new TextEncoder();
    const texts = [
      "",
      "a",
      "é",
      "x".repeat(95),
      "y".repeat(200),
      "z".repeat(2000),
      "é".repeat(3000),
      "w".repeat(65_000),
    ];
    for (let round = 0; round < 20; round++) {
      for (const [at, text] of texts.entries()) {
        const from = 1 + at * 7, { written } = encoder.encodeInto(text, buffer.subarray(from));
        const lying = new EscapedText(buffer, from, from + written);
        const [result] = await store.apply([{ kind: "add", id: round * 100 + at, text: lying }]);
        assertEquals(result.kind, "added");
        buffer.fill(0x71);
      }
      const [result] = await store.apply([list("json")]);
      if (result.kind !== "listed") return fail(result.kind);
      const expected = Array.from(
        { length: round + 1 },
        (_, round) => texts.map((mensagem, at) => ({ id: round * 100 + at, mensagem })),
      ).flat();
      assert(listed(result.listing) === JSON.stringify(expected), `round ${round}`);
      result.listing[Symbol.dispose]();
    }
  });

  test("a board that shrinks from both its ends is listed as it is, while all its listings are held", async (store) => {
    const texts = new Map(Array.from({ length: 20 }, (_, id) => [id, `${id}`.repeat(60_000)]));
    await store.apply([...Array.from(texts, ([id, text]) => add(id, text)), list("json")]);
    const held: { listing: Listing; data: string }[] = [];
    for (let removed = 0; texts.size > 0; removed++) {
      const ids = [...texts.keys()], id = removed % 8 === 0 ? ids[0] : ids.at(-1)!;
      texts.delete(id);
      const [, result] = await store.apply([remove(id), list("json")]);
      if (result.kind !== "listed") return fail(result.kind);
      const data = JSON.stringify(Array.from(texts, ([id, mensagem]) => ({ id, mensagem })));
      assert(listed(result.listing) === data, `${texts.size} messages`);
      held.push({ listing: result.listing, data });
    }
    for (const { listing, data } of held) assert(listed(listing) === data);
  });

  test("a board whose messages are replaced again and again is listed as it is", async (store) => {
    const random = new Random(23), model = new BoardModel();
    const carriedOut = async (operations: Operation[]) => {
      for (const operation of operations) model.apply(operation);
      return (await store.apply(operations)).at(-1)!;
    };
    const added = () => add(undefined, "é".repeat(random.below(2000)));
    await carriedOut(Array.from({ length: 300 }, added));
    for (let round = 0; round < 200; round++) {
      const { messages } = model, { id } = round % 50 < 40 ? messages[0] : random.pick(messages);
      const result = await carriedOut([remove(id), added(), added(), remove(random.pick(messages).id), list("json")]);
      if (result.kind !== "listed") return fail(result.kind);
      // compared as a whole, for a difference in a megabyte takes minutes to be shown
      assert(listed(result.listing) === JSON.stringify(model.messages));
      result.listing[Symbol.dispose]();
    }
  });

  test("lists boards that shrink to nothing from either end, from the middle and at random", async (store) => {
    const random = new Random(99), model = new BoardModel();
    const both = async (operations: Operation[]) => {
      const expected = operations.map((operation) => model.apply(operation));
      assertEquals((await store.apply(operations)).map(outcome), expected);
    };
    for (const next of [() => 0, (n: number) => n - 1, (n: number) => n >> 1, (n: number) => random.below(n)]) {
      await both(Array.from({ length: 700 }, (_, at) => add(undefined, `${at}`)));
      await both([list(), list("json")]);
      while (model.messages.length > 0) {
        for (let left = Math.min(40, model.messages.length); left > 0; left--) {
          await both([remove(model.messages[next(model.messages.length)].id)]);
        }
        await both([list(random.pick(["python", "json"]))]);
      }
    }
  });
}

function remove(id: number): Operation {
  return { kind: "delete", id };
}

function list(form: "python" | "json" = "python"): Operation {
  return { kind: "list", form };
}

function anyOperation(random: Random, { messages }: BoardModel, growing: boolean): Operation {
  const chance = random.below(100);
  if (chance < 2) return list(random.pick(["python", "json"]));
  if (chance < (growing ? 80 : 20)) {
    const id = random.pick([undefined, undefined, random.below(5000), -random.below(5000)]);
    return add(id, random.text(10));
  }
  return remove(messages.length > 0 && chance % 4 > 0 ? random.pick(messages).id : random.below(5000));
}
