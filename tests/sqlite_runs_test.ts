import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Operation, type Store } from "../server/store/mod.ts";
import { BoardModel, type Outcome, outcome } from "./support/board_model.ts";
import { add } from "./support/operations.ts";
import { Random } from "./support/random.ts";
import { BOARDS } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

const LIST: Operation = { kind: "list", form: "json" };

/** Texts of all sizes: many share a run, some fill one alone. */
function anyText(random: Random): string {
  return random.below(30) > 0 ? random.text(60) : "y".repeat(random.below(20_000));
}

function anyChange(random: Random, { messages }: BoardModel, growing: boolean): Operation {
  if (messages.length > 0 && random.below(10) < (growing ? 3 : 7)) {
    // those that were added last are in memory alone, those before also in the file
    const at = random.below(2) > 0 ? random.below(messages.length) : messages.length - 1;
    return { kind: "delete", id: random.below(20) > 0 ? messages[at].id : -7 };
  }
  const id = random.pick([undefined, random.below(3000), messages.length > 0 ? random.pick(messages).id : 1]);
  return add(id, anyText(random));
}

for (const { kind, parent, ignore } of BOARDS) {
  for (const seed of [1, 2, 3]) {
    Deno.test(`sqlite runs: a board that is opened again and again is as the model has it, ${kind}, seed ${seed}`, {
      ignore,
    }, async () => {
      await using folder = new TempFolder(parent);
      const path = folder.file("board.db"), random = new Random(seed), model = new BoardModel();
      for (let session = 0; session < 20; session++) {
        await using store = await openStore(`sqlite:${path}`);
        assertEquals(store.count(), model.messages.length);
        if (session % 2 === 0) await both(store, model, [LIST]);
        for (let left = random.below(60); left > 0; left--) {
          const batch = Array.from({ length: 1 + random.below(12) }, () => anyChange(random, model, session % 8 < 4));
          await both(store, model, batch, (operation) => model.apply(operation));
        }
        await both(store, model, [LIST]);
      }
      const database = new DatabaseSync(path);
      const rows = database.prepare("SELECT id, text AS mensagem FROM message").all();
      assertEquals(rows.map((row) => ({ ...row })), model.messages.map(visible));
      database.close();
    });
  }
}

/** As node:sqlite reads a TEXT: up to U+0000. */
function visible({ id, mensagem }: { id: number; mensagem: string }) {
  return { id, mensagem: mensagem.replace(/\0.*$/s, "") };
}

async function both(
  store: Store,
  model: BoardModel,
  batch: Operation[],
  apply: (operation: Operation) => Outcome = (operation) => model.apply(operation),
): Promise<void> {
  const expected = batch.map(apply);
  assertEquals((await store.apply(batch)).map(outcome), expected);
}

const unlogged = BOARDS[1];

Deno.test("sqlite runs: what fails is undone, whatever it was", { ignore: unlogged.ignore }, async () => {
  await using folder = new TempFolder(unlogged.parent);
  const path = folder.file("board.db"), random = new Random(7);
  await (await openStore(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  for (const event of ["INSERT", "UPDATE"]) {
    database.exec(`CREATE TRIGGER fail_${event} BEFORE ${event} ON run WHEN NEW.texts LIKE '%"fail"%'
      BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  }
  database.close();
  let model = new BoardModel(), failed = 0, done = 0;
  for (let session = 0; session < 6; session++) {
    await using store = await openStore(`sqlite:${path}`);
    for (let round = 0; round < 150; round++) {
      const tried = model.copy();
      const batch = Array.from({ length: 1 + random.below(20) }, (): Operation => {
        const operation = anyChange(random, tried, round % 50 < 30);
        return operation.kind === "add" && random.below(15) === 0 ? add(operation.id, "fail") : operation;
      });
      const expected = batch.map((operation) => tried.apply(operation));
      const outcomes = (await store.apply(batch)).map(outcome);
      if (tried.messages.some(({ mensagem }) => mensagem === "fail")) {
        assert(outcomes.every(({ kind }) => kind === "failed"));
        failed++;
      } else {
        assertEquals(outcomes, expected);
        model = tried;
        done++;
      }
      assertEquals(store.count(), model.messages.length);
      if (random.below(4) > 0) continue;
      assertEquals((await store.apply([LIST])).map(outcome), [model.apply(LIST)]);
    }
  }
  assert(failed > 100 && done > 100, `${failed} failed and ${done} did not`);
});

Deno.test(
  "sqlite runs: what is deleted leaves the file when most of its run is deleted",
  { ignore: unlogged.ignore },
  async () => {
    await using folder = new TempFolder(unlogged.parent);
    const path = folder.file("board.db"), random = new Random(9);
    const ids = Array.from({ length: 3200 }, (_, id) => id);
    {
      await using store = await openStore(`sqlite:${path}`);
      await store.apply(ids.map((id) => (add(id, `text ${id}`))));
    }
    const rows = (sql: string) => {
      const database = new DatabaseSync(path);
      const value = Object.values(database.prepare(sql).get()!)[0] as number;
      database.close();
      return value;
    };
    const texts = "SELECT count(*) FROM run, json_each(texts) WHERE value IS NOT NULL";
    for (const left of [1600, 300, 100, 10, 0]) {
      {
        await using store = await openStore(`sqlite:${path}`);
        while (ids.length > left) {
          const [id] = ids.splice(random.below(ids.length), 1);
          assertEquals(await store.apply([{ kind: "delete", id }]), [{ kind: "deleted" }]);
        }
      }
      assertEquals(rows("SELECT count(*) FROM message"), left);
      assert(rows(texts) <= 4 * left, `${rows(texts)} texts of ${left} messages`);
      if (left === 0) assertEquals([rows("SELECT count(*) FROM run"), rows("SELECT count(*) FROM gone")], [0, 0]);
    }
  },
);

Deno.test("sqlite runs: a long text that is deleted leaves the file, whatever stands beside it", {
  ignore: unlogged.ignore,
}, async () => {
  await using folder = new TempFolder(unlogged.parent);
  const path = folder.file("board.db"), long = "z".repeat(300_000);
  {
    await using store = await openStore(`sqlite:${path}`);
    for (let id = 1; id <= 60; id++) {
      const added = await store.apply([add(id, "k"), add(-id, long)]);
      assertEquals(added.map(({ kind }) => kind), ["added", "added"]);
      assertEquals(await store.apply([{ kind: "delete", id: -id }]), [{ kind: "deleted" }]);
    }
    assertEquals(store.count(), 60);
  }
  const { size } = Deno.statSync(path);
  assert(size < 3 * long.length, `${size} bytes`);
});

Deno.test("sqlite runs: those that wait to be written anew are in one of the next commits, also of another server", {
  ignore: unlogged.ignore,
}, async () => {
  await using folder = new TempFolder(unlogged.parent);
  const path = folder.file("board.db"), runs = 5000;
  const texts = () => {
    const database = new DatabaseSync(path);
    const [{ texts }] = database.prepare("SELECT count(value) AS texts FROM run, json_each(texts)").all();
    database.close();
    return texts as number;
  };
  {
    await using store = await openStore(`sqlite:${path}`);
    await store.apply(Array.from({ length: 32 * runs }, (_, id) => (add(id, "t"))));
    // all runs at once come to have one message left
    await store.apply(Array.from({ length: 31 * runs }, (_, at) => ({ kind: "delete", id: at + Math.floor(at / 31) })));
  }
  assert(texts() > 32 * runs / 2);
  for (const id of [-1, -2]) {
    await using store = await openStore(`sqlite:${path}`);
    assertEquals(await store.apply([add(id, "t")]), [{ kind: "added", id }]);
    assertEquals(store.count(), runs - id);
  }
  assertEquals(texts(), runs + 2);
});

/** What a run's texts can be and are not, in SQL. */
const NO_TEXTS = ["'[7]'", "'[null]'", "'[]'", "'{}'", "'[\"a'", `'["\\ud800"]'`, "''"];

for (const texts of NO_TEXTS) {
  Deno.test(`sqlite runs: one whose texts are ${texts} is told 400, and the board goes on`, {
    ignore: unlogged.ignore,
  }, async () => {
    await using folder = new TempFolder(unlogged.parent);
    const path = folder.file("board.db");
    {
      await using store = await openStore(`sqlite:${path}`);
      await store.apply(Array.from({ length: 33 }, (_, id) => (add(id, "a"))));
    }
    const database = new DatabaseSync(path);
    database.exec(`UPDATE run SET texts = ${texts} WHERE number = 1`);
    database.close();
    for (const added of [100, 101]) {
      await using store = await openStore(`sqlite:${path}`);
      const [listed, ...others] = await store.apply([LIST, add(added, "b")]);
      assert(listed.kind === "failed");
      assertEquals(listed.error.message, `Cannot read sqlite:${path}: run 1 is damaged`);
      assertEquals(others, [{ kind: "added", id: added }]);
    }
    await using store = await openStore(`sqlite:${path}`);
    assertEquals(store.count(), 35);
    assertEquals(await store.apply([{ kind: "delete", id: 32 }]), [{ kind: "deleted" }]);
    const [listed] = await store.apply([LIST]);
    assert(listed.kind === "listed");
  });
}

Deno.test("sqlite runs: one that cannot be read is not written anew, and stands in nobody's way", {
  ignore: unlogged.ignore,
}, async () => {
  await using folder = new TempFolder(unlogged.parent);
  const path = folder.file("board.db");
  {
    await using store = await openStore(`sqlite:${path}`);
    await store.apply(Array.from({ length: 32 }, (_, id) => (add(id, "a"))));
  }
  const database = new DatabaseSync(path);
  database.exec(`UPDATE run SET texts = replace(texts, '["a"', '[7')`);
  database.close();
  {
    await using store = await openStore(`sqlite:${path}`);
    for (let id = 0; id < 31; id++) {
      assertEquals(await store.apply([{ kind: "delete", id }]), [{ kind: "deleted" }]);
    }
    assertEquals(await store.apply([add(40, "b")]), [{ kind: "added", id: 40 }]);
  }
  await using store = await openStore(`sqlite:${path}`);
  assertEquals(store.count(), 2);
  assertEquals(await store.apply([{ kind: "delete", id: 31 }]), [{ kind: "deleted" }]);
  assertEquals((await store.apply([LIST])).map(outcome), [{ kind: "listed", data: '[{"id":40,"mensagem":"b"}]' }]);
});
