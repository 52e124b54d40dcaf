import type { Response } from "../protocol/mod.ts";

/** An answer, and the text that it came as. */
export interface Answer extends Response {
  /** As the server sent it: one JSON object, or a Python dict from the original server; no newline at its end. */
  text: string;
}
