import { assertEquals } from "@std/assert";
import { readListing } from "../protocol/mod.ts";
import { closing, lines, statuses } from "./support/answers.ts";
import { bytesOf } from "./support/bytes.ts";
import { exchange, RawClient } from "./support/raw_client.ts";
import { startServer } from "./support/start_server.ts";
import { onEachStore } from "./support/stores.ts";

const LIST = '{"op":"mostrar","data":"json"}';

/** Ids as a client may write them, and the number that they stand for; `undefined` for what is none. */
const IDS: [wire: string, id: number | undefined][] = [
  ["0", 0],
  ["-0", 0],
  ["-0.0", 0],
  ["1.0", 1],
  ["2e0", 2],
  ["-1", -1],
  ["9007199254740991", 9007199254740991],
  ["-9007199254740991", -9007199254740991],
  ["9007199254740992", undefined],
  ["-9007199254740992", undefined],
  ["9223372036854775807", undefined],
  ["1e400", undefined],
  ["-1e400", undefined],
  ["1.5", undefined],
  ["1e-400", 0],
  ['"1"', undefined],
  ["null", undefined],
  ["true", undefined],
  ["false", undefined],
  ["{}", undefined],
  ["[1]", undefined],
  ['" "', undefined],
];

onEachStore("an id is taken or refused as the protocol says, to add and to delete", async (store) => {
  await using server = await startServer({ store });
  using client = await RawClient.connect(server.port);
  for (const [wire, id] of IDS) {
    const add = `{"op":"adicionar","id":${wire},"data":"a"}`, remove = `{"op":"deletar","id":${wire}}`;
    if (id === undefined) {
      assertEquals([await client.ask(add), await client.ask(remove)], [lines(401), lines(403)], wire);
      assertEquals(JSON.parse(await client.ask(LIST)).data, "[]", wire);
    } else {
      assertEquals([await client.ask(remove), await client.ask(add)], [lines(402), lines(201)], wire);
      assertEquals(JSON.parse(await client.ask(LIST)).data, `[{"id":${id},"mensagem":"a"}]`, wire);
      assertEquals([await client.ask(add), await client.ask(remove)], [lines(401), lines(202)], wire);
    }
  }
});

/** Texts as a client may write them, between quotes, and what is on the board; `undefined` for what is refused. */
const TEXTS: [wire: string, text: string | undefined][] = [
  ["", ""],
  ["\\u0000", "\0"],
  ["a\\u0000b\\u0000", "a\0b\0"],
  ["\\ud83d\\ude00", "😀"],
  ["\\ud800", undefined],
  ["\\udc00", undefined],
  ["\\ude00\\ud83d", undefined],
  ["a\\ud800b", undefined],
  ["\ufeff", "\ufeff"],
  ["\\ufeff\\ufffe\\uffff", "\ufeff\ufffe\uffff"],
  ["\ufffd", "\ufffd"],
  ["\u2028\u2029", "\u2028\u2029"],
  ["\\\"\\\\\\/\\b\\f\\n\\r\\t'", "\"\\/\b\f\n\r\t'"],
  ["\x7f\x80\x9f", "\x7f\x80\x9f"],
  ["e\u0301 é", "e\u0301 é"],
  ["\u{10ffff}", "\u{10ffff}"],
];

onEachStore("a text comes back as it was sent, or is refused, in both forms of the listing", async (store) => {
  await using server = await startServer({ store });
  using client = await RawClient.connect(server.port);
  for (const [wire, text] of TEXTS) {
    const answer = await client.ask(`{"op":"adicionar","id":1,"data":"${wire}"}`);
    assertEquals(answer, text === undefined ? lines(401) : lines(201), wire);
    for (const list of [LIST, '{"op":"mostrar"}']) {
      const messages = await readListing(JSON.parse(await client.ask(list)).data);
      assertEquals(messages, text === undefined ? [] : [{ id: 1, mensagem: text }], wire);
    }
    await client.ask('{"op":"deletar","id":1}');
  }
});

/** Requests with members that are not what they seem, and the statuses of their answers. */
const MEMBERS: [request: string, status: number][] = [
  ['{"__proto__":{"op":"mostrar"}}', 504],
  ['{"op":"adicionar","id":1,"data":"a","__proto__":{"id":5}}', 201],
  ['{"op":"adicionar","__proto__":{"id":1},"data":"a"}', 201], // under an id that the server picks, 2
  ['{"op":"adicionar","id":3,"__proto__":{"data":"a"}}', 401],
  ['{"op":"deletar","__proto__":{"id":1}}', 403],
  ['{"op":"deletar","constructor":{"prototype":{"id":1}}}', 403],
  ['{"op":"deletar","id":1,"toString":null,"valueOf":1,"hasOwnProperty":true}', 202],
  ['{"op":"mostrar","op":"adicionar","id":1,"id":3,"data":1,"data":"b"}', 201],
  ['{"op":"deletar","id":2,"id":1}', 402],
  ['{"op":"deletar","id":1,"\\u0069d":2}', 202],
];

onEachStore("inherited names are members as any other, and of a repeated one the last counts", async (store) => {
  await using server = await startServer({ store });
  using client = await RawClient.connect(server.port);
  const before = Object.getOwnPropertyNames(Object.prototype);
  for (const [request, status] of MEMBERS) assertEquals(JSON.parse(await client.ask(request)).status, status, request);
  assertEquals(JSON.parse(await client.ask(LIST)).data, '[{"id":3,"mensagem":"b"}]');
  assertEquals(Object.getOwnPropertyNames(Object.prototype), before);
  assertEquals(({} as { id?: unknown }).id, undefined);
});

/** What is not UTF-8 inside a string. */
const NOT_UTF8 = [
  [0xff],
  [0xc3],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
];

onEachStore("what is not UTF-8 ends the connection, however it is cut, and nothing of it is done", async (store) => {
  await using server = await startServer({ store });
  const told = closing("Request is not UTF-8");
  for (const bytes of NOT_UTF8) {
    const stream = [...bytesOf('{"op":"adicionar","data":"a'), ...bytes, ...bytesOf('b"}')];
    assertEquals(await exchange(server.port, stream), told, `${bytes}`);
    using client = await RawClient.connect(server.port);
    for (const byte of stream) await client.send([byte]);
    assertEquals(await client.rest(), told, `${bytes}`);
  }
  assertEquals(JSON.parse(await exchange(server.port, LIST)).data, "[]");
});

onEachStore("size and depth one below, at and one over the limit", async (store) => {
  await using server = await startServer({ store, maxRequestBytes: 300, maxDepth: 5 });
  const empty = '{"op":"deletar","id":1,"x":""}';
  const sized = (size: number) => empty.replace('""', `"${"x".repeat(size - empty.length)}"`);
  const nested = (depth: number) => `{"op":"deletar","id":1,"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  for (const [request, expected] of [[sized, [299, 300, 301]], [nested, [4, 5, 6]]] as const) {
    const answers = await Promise.all(expected.map((size) => exchange(server.port, request(size))));
    assertEquals(answers.map(statuses), [[402], [402], [505]], `${expected}`);
  }
});
