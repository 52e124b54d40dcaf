import { EscapedText } from "../../protocol/mod.ts";
import type { Operation } from "../../server/store/mod.ts";

/** A message to be added. */
export function add(id: number | undefined, text: string): Operation & { kind: "add" } {
  return { kind: "add", id, text: EscapedText.of(text) };
}
