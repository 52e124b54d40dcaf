import { ConfigurationError, readTokenFile, systemReason, UsageError } from "../cli/mod.ts";
import type { ConnectOptions } from "./connect.ts";
import type { SendValues } from "./session.ts";

/** Options that say where a server is on TCP. */
const TCP_OPTIONS = ["host", "port", "tls", "tls-ca"];

/**
 * Where the server is and which token it is shown, by the options; reads the files that they name.
 *
 * @param values the options
 * @param given those that are on the command line: they override the environment
 * @throws {UsageError} when options on the command line exclude each other
 * @throws {ConfigurationError} when a file cannot be used
 */
export async function readServer(values: SendValues, given: ReadonlySet<string>): Promise<ConnectOptions> {
  const token = values["token-file"] === "" ? undefined : await readTokenFile(values["token-file"]);
  const tcp = TCP_OPTIONS.find((name) => given.has(name));
  if (tcp !== undefined && given.has("unix")) throw new UsageError(`Options --unix and --${tcp} exclude each other`);
  if (values.unix !== "" && tcp === undefined) return { path: values.unix, token };
  const caCerts = values["tls-ca"] === "" ? [] : [await readAuthorities(values["tls-ca"])];
  return { host: values.host, port: values.port, tls: values.tls || caCerts.length > 0, caCerts, token };
}

async function readAuthorities(path: string): Promise<string> {
  const refuse = (why: string, cause?: unknown) =>
    new ConfigurationError(`Cannot use the authorities in ${JSON.stringify(path)}: ${why}`, { cause });
  const text = await Deno.readTextFile(path).catch((cause) => {
    throw refuse(systemReason(cause), cause);
  });
  // the runtime silently skips one that does not begin its line, as behind a byte order mark
  if (!/^-----BEGIN CERTIFICATE-----/m.test(text)) throw refuse("there is no certificate in PEM");
  try {
    // this opens no connection; found only when connecting, it would look like an unreachable server, and be tried again
    Deno.createHttpClient({ caCerts: [text] }).close();
  } catch (cause) {
    throw refuse(`a certificate in it is wrong: ${(cause as Error).message}`, cause);
  }
  return text;
}
