import { isInstalled } from "./programs.ts";
import { TempFolder } from "./temp_folder.ts";

/** Whether certificates can be made; tests that need them are skipped by name where not. */
export const hasOpenssl = isInstalled("openssl");

/** Where the server's side of TLS is to be had (docs/decisions.md). */
const [, minor] = Deno.version.deno.split(".").map(Number);
export const servesTls = hasOpenssl && minor >= 9;

/** The files of a certificate. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** What a certificate is for and when. */
export interface CertificateDetails {
  /** As in a subject alternative name; `DNS:localhost,IP:127.0.0.1` unless it is given. */
  names?: string;
  /** As `openssl ca` takes them; from yesterday's century to the next one's unless they are given. */
  from?: string;
  to?: string;
}

const CONFIGURATION = `[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
`;

/** A certificate authority of a test's own, in a folder that is gone with it. */
export class Authority implements AsyncDisposable {
  readonly #folder = new TempFolder();
  #count = 0;

  /** Makes one. */
  static async create(): Promise<Authority> {
    const authority = new Authority();
    await authority.#request("ca", ["-x509", "-subj", "/CN=Test authority"]);
    await Deno.writeTextFile(authority.#folder.file("ca.cnf"), CONFIGURATION);
    await Deno.writeTextFile(authority.#folder.file("index.txt"), "");
    await Deno.writeTextFile(authority.#folder.file("serial"), "01");
    return authority;
  }

  /** The authority's own certificate and key. */
  get own(): CertificateFiles {
    return { cert: this.file("ca.pem"), key: this.file("ca.key") };
  }

  /** The authority's certificate, in PEM. */
  get pem(): string {
    return Deno.readTextFileSync(this.own.cert);
  }

  /** The path of a file in its folder. */
  file(name: string): string {
    return this.#folder.file(name);
  }

  /** Makes a key and signs a certificate for it. */
  async issue(details: CertificateDetails = {}): Promise<CertificateFiles> {
    const { names = "DNS:localhost,IP:127.0.0.1", from = "20000101000000Z", to = "20991231000000Z" } = details;
    const name = `server${++this.#count}`;
    await this.#request(name, ["-subj", `/CN=${name}`]);
    await Deno.writeTextFile(this.file("ext"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    await this.#openssl([
      ..."ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -extfile ext".split(" "),
      ...["-in", `${name}.pem`, "-out", `${name}.crt`, "-startdate", from, "-enddate", to],
    ]);
    return { cert: this.file(`${name}.crt`), key: this.file(`${name}.key`) };
  }

  /** Removes all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }

  async #request(name: string, args: string[]): Promise<void> {
    const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");
    await this.#openssl(["req", ...key, "-keyout", `${name}.key`, "-out", `${name}.pem`, ...args]);
  }

  async #openssl(args: string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: this.#folder.path }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}
