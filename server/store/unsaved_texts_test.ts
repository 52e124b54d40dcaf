import { assert, assertEquals } from "@std/assert";
import { EscapedText } from "../../protocol/mod.ts";
import { type Change, ChangeList } from "./change_list.ts";
import { JsonBytes } from "./json_bytes.ts";
import { UnsavedTexts } from "./unsaved_texts.ts";
import { Random } from "../../tests/support/random.ts";

const MAX = Number.MAX_SAFE_INTEGER, decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function put(list: ChangeList, changes: readonly Change[]): void {
  for (const [id, text] of changes) {
    if (text === undefined) list.delete(id);
    else list.add(id, EscapedText.of(text));
  }
}

function anyChanges(random: Random): Change[] {
  return Array.from({ length: 1 + random.below(8) }, (): Change => {
    const id = random.pick([0, 7, -1, random.below(1e6), MAX, -MAX]);
    return random.below(3) === 0 ? [id] : [id, random.text(20)];
  });
}

Deno.test("change list: it is the JSON of the changes, whatever was put in before", () => {
  const random = new Random(1), bytes = new Uint8Array(10_000), list = new ChangeList(bytes);
  for (let round = 0; round < 500; round++) {
    const changes = anyChanges(random);
    put(list, changes);
    assertEquals(decoder.decode(bytes.subarray(0, list.end())), JSON.stringify(changes));
    list.clear();
  }
});

Deno.test("change list: for what it has no room it says so, writes nothing beyond its end, and begins anew", () => {
  const random = new Random(2);
  let whole = 0, lacking = 0;
  for (let round = 0; round < 2000; round++) {
    const around = new Uint8Array(200).fill(0xff),
      room = random.below(160),
      list = new ChangeList(around.subarray(0, room));
    for (let time = 0; time < 2; time++) {
      const changes = anyChanges(random), json = new TextEncoder().encode(JSON.stringify(changes));
      put(list, changes);
      const length = list.end();
      if (length === undefined) lacking++;
      else assertEquals([around.subarray(0, length), whole++ >= 0], [json, true]);
      // room that would do is not wasted, but for the little that a change may take more
      assert(length !== undefined || json.length + 20 > room);
      assert(around.subarray(room).every((byte) => byte === 0xff));
      list.clear();
    }
  }
  assert(whole > 500 && lacking > 500, `${whole} and ${lacking}`);
});

Deno.test("unsaved texts: any of them can be read, also when those behind and before are forgotten", () => {
  const random = new Random(3), texts = new UnsavedTexts();
  let model: (string | null)[] = [];
  for (let round = 0; round < 3000; round++) {
    for (let left = random.below(8); left > 0; left--) {
      const text = random.below(5) === 0 ? null : random.text(30);
      texts.push(text === null ? null : EscapedText.of(text));
      model.push(text);
    }
    if (random.below(3) === 0) {
      const count = random.below(model.length + 1);
      texts.truncate(count);
      model = model.slice(0, count);
    }
    if (random.below(3) === 0) {
      const count = random.below(model.length + 1);
      texts.shift(count);
      model = model.slice(count);
    }
    const from = random.below(model.length + 1), to = from + random.below(model.length - from + 1);
    assertEquals(texts.array(from, to), JSON.stringify(model.slice(from, to)));
  }
});

Deno.test("unsaved texts: room for much is given back once it is not needed any more", () => {
  const json = new JsonBytes(), text = EscapedText.of("é".repeat(100_000));
  for (let count = 0; count < 30; count++) {
    json.reserve(text.length + 3);
    json.text(text);
  }
  assert(json.room + json.length > 6_000_000);
  // the store calls it right after a commit, when nothing may fail any more
  const original = globalThis.Uint8Array;
  try {
    globalThis.Uint8Array = function () {
      throw new RangeError("Array buffer allocation failed");
    } as unknown as typeof Uint8Array;
    json.shift(10 * (text.length + 3));
  } finally {
    globalThis.Uint8Array = original;
  }
  assertEquals(json.array(0, json.length), JSON.stringify(new Array(20).fill(`${text}`)));
  json.shift(19 * (text.length + 3));
  assert(json.room + json.length < 1_500_000);
  assertEquals(json.array(0, json.length), JSON.stringify([`${text}`]));
});
