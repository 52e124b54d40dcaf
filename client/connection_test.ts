import { assertRejects } from "@std/assert";
import { answering, FakeServer } from "../tests/support/fake_server.ts";
import { dial } from "./connect.ts";

Deno.test("connection: a fault of this program is told as what it is, and not as a connection that was lost", async () => {
  await using server = new FakeServer(answering('{"status": 200, "message": "OK", "data": ""}\n'));
  using connection = await dial({ port: server.port });
  connection.exchangeAll("{}", 1, 0, {
    answer() {
      throw new TypeError("a fault");
    },
    failure() {},
  });
  await assertRejects(() => connection.exchange("{}", { timeout: 0 }), TypeError, "a fault");
});
