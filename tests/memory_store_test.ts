import { assertEquals } from "@std/assert";
import { openStore, StoreError } from "../server/store/mod.ts";
import { outcome } from "./support/board_model.ts";
import { storeContract } from "./store_contract.ts";

storeContract("memory", async (test) => {
  await using store = await openStore("memory");
  await test(store);
});

/** A map takes 2^24 entries and a text 2^29 characters: what comes then, without the gigabytes that it takes. */
const LIMITS: Record<string, [object: object, method: string]> = {
  "of a map": [Map.prototype, "set"],
  "of a text": [JSON, "stringify"],
};

for (const [name, [object, method]] of Object.entries(LIMITS)) {
  Deno.test(`memory store: the engine's limit ${name} is a failure, which changes nothing`, async () => {
    await using store = await openStore("memory");
    await store.apply([{ kind: "add", id: 1, text: "a" }]);
    const holder = object as Record<string, unknown>, original = holder[method];
    holder[method] = () => {
      throw new RangeError("Limit exceeded");
    };
    let results;
    try {
      results = await store.apply([{ kind: "add", id: 2, text: "b" }, { kind: "list", form: "json" }]);
    } finally {
      holder[method] = original;
    }
    const failed = { kind: "failed", error: new StoreError("Cannot hold more: Limit exceeded") };
    assertEquals(
      results.some((result) => result.kind === "failed" && result.error.message === failed.error.message),
      true,
    );
    const there = method === "set" ? "" : ',{"id":2,"mensagem":"b"}';
    assertEquals((await store.apply([{ kind: "list", form: "json" }])).map(outcome), [
      { kind: "listed", data: `[{"id":1,"mensagem":"a"}${there}]` },
    ]);
    assertEquals(store.count(), method === "set" ? 1 : 2);
  });
}
