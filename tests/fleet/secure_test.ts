/** What is said when no secure connection to the server of a fleet is to be had. */

import { assertEquals, assertMatch } from "@std/assert";
import { World } from "../program/harness.ts";
import {
  AUTHORITIES,
  HAS_OPENSSL,
  PrivateAuthority,
  REFUSED,
  type RefusedServer,
} from "../security/certificates.ts";
import { HAS_SERVER, NatsServer } from "./nats_server.ts";
import { run } from "./plain_run.ts";

const ignore = !HAS_SERVER || !HAS_OPENSSL;
// deno-lint-ignore no-console
if (!HAS_OPENSSL) console.warn("Skipped: no openssl makes certificates for a fleet's server");

/** What the server is like; how it is asked; and what is said. */
interface Case extends RefusedServer {
  /** @default {"tls"} */
  readonly scheme?: "nats";
  /** Whether the server wants a certificate of the client. */
  readonly wantsCertificate?: boolean;
  readonly hint: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  "an unknown authority": { ...REFUSED.unknown, hint: AUTHORITIES },
  "a certificate that is its own authority": { ...REFUSED.selfSigned, hint: AUTHORITIES },
  "nats:// where TLS is wanted, by an unknown authority": {
    ...REFUSED.unknown,
    scheme: "nats",
    hint: AUTHORITIES,
  },
  "an expired certificate": {
    ...REFUSED.expired,
    hint: /Check this machine's clock, and the server's certificate/,
  },
  "a certificate of tomorrow": { ...REFUSED.early, hint: /Check this machine's clock/ },
  "another host's certificate": {
    ...REFUSED.otherHost,
    hint: /Check the URL of the fleet: the names in the certificate are others/,
  },
  "tls:// spoken to a server without": {
    ...REFUSED.plain,
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
        const args = ["fleet", "status", url];
        // Deno reads the variable when a process starts.
        const { code, stderr } = wanted.isKnown
          ? await run(world, args, { DENO_CERT: authority.path })
          : await world.run(args);
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
  wanted: RefusedServer & { readonly wantsCertificate?: boolean } = REFUSED.unknown,
): Promise<NatsServer> {
  const shown = await authority.certificateOf(wanted);
  if (shown === undefined) return await NatsServer.start();
  const { certPath, keyPath } = shown;
  const more = wanted.wantsCertificate ? ["--tlsverify", "--tlscacert", authority.path] : [];
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
    await using server = await start(authority);
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
