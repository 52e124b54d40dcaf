import { assertEquals } from "@std/assert";
import { pure } from "../tests/support/pure.ts";
import { MAX_ADDRESSES, Throttle, throttledAddress } from "./throttle.ts";

const HERE = "192.0.2.1", THERE = "192.0.2.2";

/** A throttle, and its clock. */
function throttle(): { throttle: Throttle; clock: { now: number } } {
  const clock = { now: 1000 };
  return { throttle: new Throttle(() => clock.now), clock };
}

pure("throttle: the delay doubles with each failure from an address, up to 3.2 s, and no other waits", () => {
  const { throttle: slow, clock } = throttle();
  for (const expected of [0, 100, 200, 400, 800, 1600, 3200, 3200]) {
    const wait = slow.delay(HERE);
    assertEquals(wait, expected);
    clock.now += wait!;
    slow.failed(HERE);
    assertEquals(slow.delay(THERE), 0);
  }
});

pure("throttle: attempts at once queue up one behind the other, and what would wait too long is not taken", () => {
  const { throttle: slow, clock } = throttle();
  slow.failed(HERE);
  const waits = Array.from({ length: 6 }, () => slow.delay(HERE));
  assertEquals(waits, [100, 300, 700, 1500, 3100, undefined]);
  clock.now += 3100;
  assertEquals([slow.delay(HERE), slow.delay(HERE)], [3200, undefined], "what is not taken makes nobody wait longer");
});

pure("throttle: a success forgets the failures, and so does a minute", () => {
  const { throttle: slow, clock } = throttle();
  slow.failed(HERE);
  slow.succeeded(HERE);
  assertEquals([slow.delay(HERE), slow.size], [0, 0]);
  slow.failed(HERE);
  clock.now += 60_099;
  assertEquals(slow.delay(HERE), 0);
  assertEquals(slow.size, 1);
  slow.failed(HERE);
  clock.now += 70_000;
  assertEquals([slow.delay(HERE), slow.size], [0, 0]);
});

pure(`throttle: ${MAX_ADDRESSES} addresses are remembered, and the oldest goes for a new one`, () => {
  const { throttle: slow } = throttle();
  for (let at = 0; at < MAX_ADDRESSES; at++) slow.failed(`${at}`);
  slow.failed("0"); // its failure is now the newest
  slow.failed("new");
  assertEquals(slow.size, MAX_ADDRESSES);
  assertEquals([slow.delay("0"), slow.delay("1"), slow.delay("2")], [100, 0, 100]);
});

const ADDRESSES: [hostname: string, slowedDown: string][] = [
  ["127.0.0.1", "127.0.0.1"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:ffff::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::", "fe80:0:0:0::/64"],
];

pure("throttle: an IPv4 address stands for itself, an IPv6 address for its network, Unix sockets for one", () => {
  for (const [hostname, slowedDown] of ADDRESSES) {
    assertEquals(throttledAddress({ transport: "tcp", hostname, port: 1 }), slowedDown);
  }
  assertEquals(throttledAddress({ transport: "unix", path: "/a" }), "unix");
});
