import { assert, assertEquals, fail } from "@std/assert";
import { openStore, type Operation } from "../server/store/mod.ts";
import { BoardModel, outcome } from "./support/board_model.ts";
import { failing } from "./support/failing.ts";
import { add } from "./support/operations.ts";
import { Random } from "./support/random.ts";
import { storeContract } from "./store_contract.ts";

storeContract("memory", async (test) => {
  await using store = await openStore("memory");
  await test(store);
});

const MESSAGE = "Cannot hold more: Limit exceeded";

for (
  const [what, holder, name] of [
    ["of memory for numbers", globalThis, "Float64Array"],
    ["of memory for texts", globalThis, "Uint8Array"],
  ] as const
) {
  Deno.test(`memory store: a limit ${what} is a failure, which changes nothing, and the store goes on after it`, async () => {
    await using store = await openStore("memory");
    const put = (operation: Operation) => store.apply([operation]);
    const added: number[] = [];
    let refused = 0;
    for (let id = 1; refused === 0; id++) {
      assert(id < 1000, "room is made now and then");
      const operation = add(id, `${id}`);
      await failing(holder, name, async () => {
        const [result] = await put(operation);
        if (result.kind === "added") added.push(id);
        else if (result.kind === "failed") assertEquals(result.error.message, MESSAGE, `${refused++}`);
        else fail(result.kind);
      });
    }
    assertEquals(store.count(), added.length);
    const next = added.length + 1;
    assertEquals(await put(add(next, `${next}`)), [{ kind: "added", id: next }]);
    const messages = [...added, next].map((id) => ({ id, mensagem: `${id}` }));
    assertEquals((await store.apply([{ kind: "list", form: "json" }])).map(outcome), [
      { kind: "listed", data: JSON.stringify(messages) },
    ]);
  });
}

for (
  const [what, holder, name] of [
    ["for smaller pages of texts", globalThis, "Uint8Array"],
    ["for a smaller table of ids", globalThis, "Float64Array"],
  ] as const
) {
  Deno.test(`memory store: a deletion needs no memory ${what}`, async () => {
    await using store = await openStore("memory");
    const ids = Array.from({ length: 4000 }, (_, at) => at + 1);
    await store.apply(ids.map((id) => add(id, "t".repeat(30))));
    await store.apply([{ kind: "list", form: "json" }]);
    await failing(holder, name, async () => {
      for (const id of ids.slice(0, 3990)) {
        assertEquals(await store.apply([{ kind: "delete", id }]), [{ kind: "deleted" }]);
      }
    });
    assertEquals(store.count(), 10);
    const left = [...ids.slice(3990), 1].map((id) => ({ id, mensagem: "t".repeat(30) }));
    assertEquals((await store.apply([add(1, "t".repeat(30)), { kind: "list", form: "json" }])).map(outcome), [
      { kind: "added", id: 1 },
      { kind: "listed", data: JSON.stringify(left) },
    ]);
  });
}

Deno.test("memory store: a listing that is too long is a failure, and the messages stay", async () => {
  await using store = await openStore("memory");
  await store.apply([add(1, "a")]);
  await failing(JSON, "stringify", async () => {
    const [result] = await store.apply([{ kind: "list", form: "json" }]);
    assertEquals(result.kind === "failed" && result.error.message, MESSAGE);
  });
  assertEquals((await store.apply([{ kind: "list", form: "json" }])).map(outcome), [
    { kind: "listed", data: '[{"id":1,"mensagem":"a"}]' },
  ]);
});

Deno.test("memory store: texts long and short come back, whichever of them are deleted", async () => {
  await using store = await openStore("memory");
  const random = new Random(7), model = new BoardModel();
  for (let round = 0; round < 40; round++) {
    const operations: Operation[] = [];
    const carryOut = (operation: Operation) => {
      operations.push(operation);
      return model.apply(operation);
    };
    for (let n = 0; n < 60; n++) {
      const text = random.below(30) > 0
        ? random.text(12)
        : random.text(12).padEnd(random.pick([4096, 4097, 9000]), "é");
      carryOut(add(undefined, text));
    }
    const left = random.pick([0, 20, 60, 100]);
    while (model.messages.length > left) carryOut({ kind: "delete", id: random.pick(model.messages).id });
    const expected = [{ kind: "listed" as const, data: JSON.stringify(model.messages) }];
    await store.apply(operations);
    assertEquals((await store.apply([{ kind: "list", form: "json" }])).map(outcome), expected);
  }
});

Deno.test("memory store: of many that are added and deleted again, the one that is left stays", async () => {
  await using store = await openStore("memory");
  const left = [1, 128, 230, 300].map((id) => ({ id, mensagem: `text ${id}` }));
  for (let id = 1; id <= 320; id++) {
    await store.apply([add(id, `text ${id}`)]);
    if (!left.some((message) => message.id === id)) await store.apply([{ kind: "delete", id }]);
  }
  assertEquals((await store.apply([{ kind: "list", form: "json" }])).map(outcome), [
    { kind: "listed", data: JSON.stringify(left) },
  ]);
});

Deno.test("memory store: ids that follow one another, lie far apart or are as large as can be are each found", async () => {
  await using store = await openStore("memory");
  const MAX = Number.MAX_SAFE_INTEGER;
  const ids = new Set([0, MAX, -MAX, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 32 - 1]);
  for (let n = 1; n < 500; n++) for (const id of [n, -n, n * 2 ** 20, n * 2 ** 40, MAX - n]) ids.add(id);
  const all = [...ids];
  for (const id of all) assertEquals(await store.apply([add(id, "")]), [{ kind: "added", id }]);
  for (const id of all) assertEquals(await store.apply([add(id, "")]), [{ kind: "taken" }]);
  for (const [at, id] of all.entries()) {
    assertEquals(await store.apply([{ kind: "delete", id }, { kind: "delete", id }]), [
      { kind: "deleted" },
      { kind: "absent" },
    ]);
    const next = all[at + 1];
    if (next !== undefined) assertEquals(await store.apply([add(next, "")]), [{ kind: "taken" }]);
  }
  assertEquals(store.count(), 0);
});
