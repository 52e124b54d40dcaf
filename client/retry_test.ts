import { assertEquals, assertRejects } from "@std/assert";
import { unusedPort } from "../tests/support/fake_server.ts";
import { connectWithRetry } from "./retry.ts";

/** Longer than any test may take. */
const LONG = 600_000;

Deno.test("retry: what is given up while its notice is written, or while it waits, does not wait to the end", async () => {
  for (const giveUpLater of [false, true]) {
    const given = new AbortController(), told: string[] = [];
    const giveUp = () => given.abort(new Error("Given up"));
    const connecting = connectWithRetry({ port: unusedPort(), signal: given.signal }, {
      retries: 1,
      delay: LONG,
      notify({ failure }) {
        told.push(failure);
        if (giveUpLater) setTimeout(giveUp, 0);
        else giveUp();
        return Promise.resolve();
      },
    });
    await assertRejects(() => connecting, Error, "Given up");
    assertEquals(told, ["unreachable"]);
  }
});
