// @ts-types="./json.d.ts"
export * from "deno-std/json/concatenated_json_parse_stream.js";
