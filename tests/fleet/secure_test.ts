/** What is said when no secure connection to the server of a fleet is to be had. */

import { assertEquals, assertMatch } from "@std/assert";
import { World } from "../program/harness.ts";
import {
  type CertificateOptions,
  HAS_OPENSSL,
  PrivateAuthority,
} from "../security/certificates.ts";
import { HAS_SERVER, NatsServer } from "./nats_server.ts";
import { run } from "./plain_run.ts";

const ignore = !HAS_SERVER || !HAS_OPENSSL;
// deno-lint-ignore no-console
if (!HAS_OPENSSL) console.warn("Skipped: no openssl makes certificates for a fleet's server");

/** A case: the server's certificate, or none; how it is asked; and what is said. */
interface Case {
  readonly certificate?: CertificateOptions | "self-signed" | "none";
  /** @default {"tls"} */
  readonly scheme?: "nats";
  /** Whether the server's authority is known. */
  readonly isKnown?: boolean;
  /** Whether the server wants a certificate of the client. */
  readonly wantsCertificate?: boolean;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const UNTRUSTED = /: the server's certificate is not trusted$/m;
const AUTHORITIES = /DENO_CERT=FILE, or --cert FILE behind "deno run"; DENO_TLS_CA_STORE=system/;

const CASES: Readonly<Record<string, Case>> = {
  "an unknown authority": { message: UNTRUSTED, hint: AUTHORITIES },
  "a certificate that is its own authority": {
    certificate: "self-signed",
    message: UNTRUSTED,
    hint: AUTHORITIES,
  },
  "nats:// where TLS is wanted, by an unknown authority": {
    scheme: "nats",
    message: UNTRUSTED,
    hint: AUTHORITIES,
  },
  "an expired certificate": {
    certificate: { span: ["20200101000000Z", "20210101000000Z"] },
    isKnown: true,
    message: /: the server's certificate is expired$/m,
    hint: /Check this machine's clock, and the server's certificate/,
  },
  "a certificate of tomorrow": {
    certificate: { span: ["20480101000000Z", "20490101000000Z"] },
    isKnown: true,
    message: /: the server's certificate is not valid yet$/m,
    hint: /Check this machine's clock/,
  },
  "another host's certificate": {
    certificate: { names: "DNS:nats.example" },
    isKnown: true,
    message: /: the server's certificate is another host's$/m,
    hint: /Check the URL of the fleet: the names in the certificate are others/,
  },
  "tls:// spoken to a server without": {
    certificate: "none",
    message: /: what answers speaks no TLS$/m,
    hint: /Check the URL of the fleet: no secure server is at that port. Plain nats:\/\/ is for/,
  },
  "a server that wants a certificate of the client": {
    isKnown: true,
    wantsCertificate: true,
    message: /: the server agrees to no secure connection$/m,
    hint: /Check the URL of the fleet, and what stands in between/,
  },
};

Deno.test({
  name: "flatfetch fleet status (no secure connection) exits 4, with what is wrong and what to do",
  ignore,
  async fn(test) {
    await using authority = await PrivateAuthority.make();
    await using world = await World.open([]);
    for (const [what, wanted] of Object.entries(CASES)) {
      await test.step(what, async () => {
        await using server = await start(authority, wanted);
        const url = `${wanted.scheme ?? "tls"}://localhost:${server.port}`;
        const env = wanted.isKnown ? { DENO_CERT: authority.path } : undefined;
        const { code, stderr } = await run(world, ["fleet", "status", url], env);
        assertMatch(stderr, new RegExp(`Cannot join the fleet at localhost:${server.port}: `));
        assertMatch(stderr, wanted.message);
        assertMatch(stderr, wanted.hint);
        assertEquals(code, 4);
      });
    }
  },
});

async function start(
  authority: PrivateAuthority,
  { certificate = {}, wantsCertificate }: Case,
): Promise<NatsServer> {
  if (certificate === "none") return await NatsServer.start();
  const { certPath, keyPath } =
    await (certificate === "self-signed" ? authority.selfSigned() : authority.issue(certificate));
  const more = wantsCertificate ? ["--tlsverify", "--tlscacert", authority.path] : [];
  return await NatsServer.start({
    args: ["--tls", "--tlscert", certPath, "--tlskey", keyPath, ...more],
  });
}

Deno.test({
  name:
    "flatfetch fleet status (an authority named with DENO_CERT, NODE_EXTRA_CA_CERTS, or of the system) exits 0",
  ignore,
  async fn() {
    await using authority = await PrivateAuthority.make();
    await using world = await World.open([]);
    await using server = await start(authority, CASES["an unknown authority"]!);
    const ways: readonly Record<string, string>[] = [
      { DENO_CERT: authority.path },
      { NODE_EXTRA_CA_CERTS: authority.path },
      { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: authority.path },
    ];
    for (const env of ways) {
      const url = `tls://localhost:${server.port}`;
      const { code, stderr } = await run(world, ["fleet", "status", url], env);
      assertEquals(code, 0, stderr);
    }
  },
});
