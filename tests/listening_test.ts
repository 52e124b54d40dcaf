import { assertEquals } from "@std/assert";
import { lines } from "./support/answers.ts";
import { Authority, servesTls } from "./support/authority.ts";
import { ServeChild } from "./support/child.ts";
import { hasProc } from "./support/process.ts";
import { exchange } from "./support/raw_client.ts";
import { hasStrace, traced } from "./support/strace.ts";
import { TempFolder } from "./support/temp_folder.ts";

/** A socket that is listened on, as the tables of the system have it. */
const LISTENING = { tcp: "0A", unix: "00010000" };

/** The sockets of a process that take clients, or datagrams: addresses of TCP and UDP as the system writes them, and how many of Unix. */
function openPlaces(pid: number): { tcp: string[]; udp: string[]; unix: number } {
  const own = new Set([...Deno.readDirSync(`/proc/${pid}/fd`)].flatMap(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${pid}/fd/${name}`).match(/^socket:\[(\d+)\]$/)?.[1] ?? [];
    } catch {
      return []; // it has been closed since
    }
  }));
  const rows = (table: string, inode: number) =>
    Deno.readTextFileSync(`/proc/${pid}/net/${table}`).split("\n").slice(1)
      .map((line) => line.trim().split(/\s+/)).filter((fields) => own.has(fields[inode]));
  const of = (tables: string[]) => tables.flatMap((table) => rows(table, 9));
  return {
    tcp: of(["tcp", "tcp6"]).filter((fields) => fields[3] === LISTENING.tcp).map((fields) => fields[1]),
    udp: of(["udp", "udp6"]).map((fields) => fields[1]),
    unix: rows("unix", 6).filter((fields) => fields[3] === LISTENING.unix).length,
  };
}

/** The port of 127.0.0.1 as the tables have it. */
function loopback(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

Deno.test({
  name: "listening: on loopback and the Unix socket it is told of, and nowhere else",
  ignore: !hasProc,
  async fn() {
    await using folder = new TempFolder();
    const unix = ["--unix", folder.file("s")];
    for (const [args, tcp, sockets] of [[[], true, 0], [unix, true, 1], [[...unix, "--no-tcp"], false, 1]] as const) {
      await using server = await ServeChild.start(["--store", "memory", ...args]);
      const expected = { tcp: tcp ? [loopback(server.port)] : [], udp: [], unix: sockets };
      assertEquals(openPlaces(server.pid), expected);
    }
  },
});

Deno.test({
  name: "listening: TLS, its reload and a token open no other place",
  ignore: !hasProc || !servesTls,
  async fn() {
    await using authority = await Authority.create();
    const { cert, key } = await authority.issue(), token = authority.file("token");
    await Deno.writeTextFile(token, "segredo", { mode: 0o600 });
    await using server = await ServeChild.start(
      ["--store", "memory", "--tls-cert", cert, "--tls-key", key, "--token-file", token],
    );
    server.kill("SIGHUP");
    await server.logged(/Read the token again/);
    assertEquals(openPlaces(server.pid), { tcp: [loopback(server.port)], udp: [], unix: 0 });
  },
});

Deno.test({
  name: "listening: accepting that fails for a while is one line of the log, and then the client is served",
  ignore: !hasStrace,
  async fn() {
    await using folder = new TempFolder();
    const accepting = ["accept", "accept4"];
    await using server = await ServeChild.start(
      ["--store", "memory"],
      traced(folder.file("strace"), { calls: accepting, inject: "error=EPERM:when=1..3" }),
    );
    assertEquals(await exchange(server.port, '{"op":"mostrar"}'), lines(200));
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0);
    const told = stderr.split("\n").filter((line) => line.startsWith("Error"));
    assertEquals(told, ["Error: Cannot accept a connection: Operation not permitted (os error 1)"]);
  },
});
