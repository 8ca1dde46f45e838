/**
 * Certificates of a private authority, made by openssl.
 *
 * @module
 */

/** Whether there is an openssl to make them. */
export const HAS_OPENSSL: boolean = hasOpenssl();

function hasOpenssl(): boolean {
  try {
    const args = ["version"];
    return new Deno.Command("openssl", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** A certificate with its key, as files and as text. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Whom it is for, such as `DNS:localhost`. @default {"DNS:localhost,IP:127.0.0.1"} */
  readonly names?: string;
  /** From when to when it holds, `YYYYMMDDHHMMSSZ`. @default {now and a day} */
  readonly span?: readonly [from: string, to: string];
}

/** A server that no secure connection is to be had with, and what is said of it. */
export interface RefusedServer {
  /** `"none"` of one that speaks no TLS. */
  readonly certificate?: CertificateOptions | "self-signed" | "none";
  /** Whether the authority is known. */
  readonly isKnown?: boolean;
  readonly message: RegExp;
}

const UNTRUSTED = /: the server's certificate is not trusted$/m;

/** What is wrong with servers, whatever they serve. */
export const REFUSED = {
  unknown: { message: UNTRUSTED },
  selfSigned: { certificate: "self-signed", message: UNTRUSTED },
  expired: {
    certificate: { span: ["20200101000000Z", "20210101000000Z"] },
    isKnown: true,
    message: /: the server's certificate is expired$/m,
  },
  early: {
    certificate: { span: ["20480101000000Z", "20490101000000Z"] },
    isKnown: true,
    message: /: the server's certificate is not valid yet$/m,
  },
  otherHost: {
    certificate: { names: "DNS:other.example" },
    isKnown: true,
    message: /: the server's certificate is another host's$/m,
  },
  plain: { certificate: "none", message: /: what answers speaks no TLS$/m },
} as const satisfies Readonly<Record<string, RefusedServer>>;

/** What is said of authorities that are not known. */
export const AUTHORITIES: RegExp =
  /DENO_CERT=FILE, or --cert FILE behind "deno run"; DENO_TLS_CA_STORE=system/;

/** An authority that nobody knows; disposing removes its folder. */
export class PrivateAuthority implements AsyncDisposable {
  readonly #folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<PrivateAuthority> {
    const authority = new PrivateAuthority(await Deno.makeTempDir({ prefix: "flatfetch_ca_" }));
    const subject = ["-subj", "/CN=A private authority", "-days", "1"];
    await authority.#openssl(["req", "-x509", ...NEW_KEY, "ca.key", ...subject, "-out", "ca.pem"]);
    await Deno.writeTextFile(authority.#path("index"), "");
    await Deno.writeTextFile(authority.#path("ca.cnf"), CONFIGURATION);
    return authority;
  }

  /** The authority's own certificate, as `DENO_CERT` names it. */
  get path(): string {
    return this.#path("ca.pem");
  }

  /** A certificate that it has signed. */
  async issue({ names = LOCAL, span = DAY }: CertificateOptions = {}): Promise<Certificate> {
    const name = `leaf${++this.#count}`;
    const [key, request, cert] = ["key", "csr", "pem"].map((end) => `${name}.${end}`);
    await Deno.writeTextFile(this.#path(`${name}.ext`), `subjectAltName=${names}\n`);
    await this.#openssl([
      "req",
      "-new",
      ...NEW_KEY,
      key!,
      "-subj",
      `/CN=${name}`,
      "-out",
      request!,
    ]);
    await this.#openssl([
      ...["ca", "-batch", "-notext", "-config", "ca.cnf", "-in", request!, "-out", cert!],
      ...["-startdate", span[0], "-enddate", span[1], "-extfile", `${name}.ext`],
    ]);
    return await this.#read(name);
  }

  /** What a server shows. */
  async certificateOf({ certificate = {} }: RefusedServer): Promise<Certificate | undefined> {
    if (certificate === "none") return undefined;
    return await (certificate === "self-signed" ? this.#selfSigned() : this.issue(certificate));
  }

  /** A certificate that nobody but itself has signed. */
  async #selfSigned(): Promise<Certificate> {
    const extensions = [
      "-addext",
      `subjectAltName=${LOCAL}`,
      "-addext",
      "basicConstraints=CA:FALSE",
    ];
    const subject = ["-subj", "/CN=localhost", "-days", "1"];
    await this.#openssl([
      ...["req", "-x509", ...NEW_KEY, "self.key", ...subject, ...extensions, "-out", "self.pem"],
    ]);
    return await this.#read("self");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #read(name: string): Promise<Certificate> {
    const [certPath, keyPath] = [this.#path(`${name}.pem`), this.#path(`${name}.key`)];
    const [cert, key] = await Promise.all(
      [certPath, keyPath].map((path) => Deno.readTextFile(path)),
    );
    return { certPath, keyPath, cert: cert!, key: key! };
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  async #openssl(args: readonly string[]): Promise<void> {
    const command = new Deno.Command("openssl", { args: [...args], cwd: this.#folder });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}

const LOCAL = "DNS:localhost,IP:127.0.0.1";

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];

const DAY = [stamp(-3_600_000), stamp(86_400_000)] as const;

/** A moment from now, as openssl has it. */
function stamp(fromNowMs: number): string {
  return new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]|\.\d+/g, "");
}

const CONFIGURATION = `
[ca]
default_ca = private
[private]
database = index
new_certs_dir = .
rand_serial = yes
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
copy_extensions = none
[any]
commonName = supplied
`;
