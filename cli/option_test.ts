import { assertEquals } from "@std/assert";
import { choice, flag, integer, type Option, seconds, text } from "./mod.ts";
import { choiceSchema, flagSchema, integerSchema, secondsSchema, textSchema } from "./schema.ts";

const TEXTS = [
  "",
  "0",
  "1",
  "true",
  "false",
  "TRUE",
  "00",
  "007",
  "9",
  "10",
  "65535",
  "65536",
  "-1",
  "+1",
  "1.0",
  "1.5",
  "0.000000001",
  "1e3",
  " 1",
  "1 ",
  "0x10",
  "999999999",
  "1000000000",
  "2147483",
  "2147484",
  "9007199254740991",
  "9007199254740993",
  "a",
  "json",
  "sqlite:a",
  "memory",
  "é",
  "\n",
  "NaN",
  "Infinity",
  "١",
];

/** Each kind, and the schema that has the last word on it. */
const KINDS: Record<string, [Option<unknown>, { safeParse(given: string): { data?: unknown } }]> = {
  flag: [flag({ help: "" }), flagSchema()],
  text: [text({ value: "T", default: "", help: "" }), textSchema(/./s)],
  "text of a pattern": [text({ value: "T", default: "", help: "", pattern: /^sqlite:.+$/ }), textSchema(/^sqlite:.+$/)],
  choice: [choice({ value: "T", default: "", help: "", choices: ["json", "a"] }), choiceSchema(["json", "a"])],
  integer: [integer({ default: 1, min: 1, max: 65535, help: "" }), integerSchema(1, 65535)],
  seconds: [seconds({ default: 1, help: "" }), secondsSchema(2_147_483)],
};

for (const [name, [option, schema]] of Object.entries(KINDS)) {
  Deno.test(`options: the short way and the schema of ${name} agree`, async () => {
    for (const given of TEXTS) assertEquals(await option.read(given), schema.safeParse(given).data, given);
  });
}
