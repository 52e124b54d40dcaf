import { assertEquals } from "@std/assert";
import { ServeChild } from "./child.ts";
import { Ledger } from "./ledger.ts";
import { RawClient } from "./raw_client.ts";

/** A board whose server was killed, and what that had acknowledged. */
export async function killed(path: string, messages: number, text: (id: number) => string): Promise<Ledger> {
  const ledger = new Ledger();
  await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
  using client = await RawClient.connect(server.port);
  for (let id = 1; id <= messages; id++) assertEquals(await ledger.add(client, id, text(id)), 201);
  server.kill("SIGKILL");
  await server.ended();
  return ledger;
}

/** Restarts on the same file, and audits. */
export async function audit(path: string, ledger: Ledger): Promise<void> {
  await using server = await ServeChild.start(["--store", `sqlite:${path}`]);
  await ledger.audit(server.port);
}
