import { assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { isLoopback } from "./places.ts";

pure("only addresses of this machine are loopback", () => {
  for (const address of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(isLoopback(address), true, address);
  }
  for (const address of ["0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "fe80::1", "1.127.0.1"]) {
    assertEquals(isLoopback(address), false, address);
  }
});
