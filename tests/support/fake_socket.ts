import type { Socket } from "../../server/socket.ts";

/** A socket of a client that sends nothing and has gone, and takes all that is written, but for what the test gives. */
export function fakeSocket(given: Partial<Socket>): Socket {
  return {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    read: () => Promise.resolve(null),
    write: ({ length }) => Promise.resolve(length),
    closeWrite: () => Promise.resolve(),
    close() {},
    ...given,
  };
}

/** A socket on which everything fails with an error that loopback never gives. */
export function failingSocket(closed: () => void, error = new Error("No buffer space available")): Socket {
  const fail = () => Promise.reject(error);
  return fakeSocket({ read: fail, write: fail, closeWrite: fail, close: closed });
}
