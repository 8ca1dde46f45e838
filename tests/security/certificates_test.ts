/** What is said, and how soon, when no secure connection is to be had. */

import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { IN_QUARTER, stockFiles, World } from "../program/harness.ts";
import { Line } from "../storm/line.ts";
import {
  AUTHORITIES,
  type Certificate,
  PrivateAuthority,
  REFUSED,
  type RefusedServer,
} from "./certificates.ts";

/** A server with a certificate, or in plain HTTP, and the line to it. */
class TlsServer implements AsyncDisposable {
  readonly line: Line;
  readonly #server: Deno.HttpServer;

  constructor({ s3 }: World, certificate: Certificate | undefined) {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate };
    this.#server = Deno.serve(options, (request) => s3.handler(request));
    this.line = new Line((this.#server.addr as Deno.NetAddr).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }
}

/** What the server is like; how the endpoint begins; and what is said. */
interface Case extends RefusedServer {
  readonly scheme?: "http";
  readonly hint: RegExp;
  /** The most connections that are tried. @default {2} */
  readonly most?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  "an unknown authority": { ...REFUSED.unknown, hint: AUTHORITIES },
  "a certificate that is its own authority": { ...REFUSED.selfSigned, hint: AUTHORITIES },
  "an expired certificate": {
    ...REFUSED.expired,
    hint: /Check this machine's clock.*DENO_CERT/,
  },
  "a certificate of tomorrow": { ...REFUSED.early, hint: /Check this machine's clock/ },
  "another host's certificate": {
    ...REFUSED.otherHost,
    hint: /Check --endpoint.*DENO_TLS_CA_STORE=system/,
  },
  "https spoken to http": { ...REFUSED.plain, hint: /Check --endpoint/ },
  "http spoken to https": {
    scheme: "http",
    message: /: something that is no HTTP came before the answer$/m,
    hint: /begin with https:\/\//,
    // It may as well be an answer that was cut short.
    most: 6,
  },
};

Deno.test("flatfetch TSLA and doctor (no secure connection) exit 4 at once, with what is wrong and what to do", async () => {
  await using authority = await PrivateAuthority.make();
  await using world = await World.open([stockFiles()]);
  for (const [what, { scheme = "https", ...wanted }] of Object.entries(CASES)) {
    await using server = new TlsServer(world, await authority.certificateOf(wanted));
    const env = {
      FLATFETCH_ENDPOINT: `${scheme}://localhost:${server.line.port}`,
      ...(wanted.isKnown && { DENO_CERT: authority.path }),
      AWS_CA_BUNDLE: authority.path,
    };
    const ended = await world.spawn(["TSLA", ...IN_QUARTER], { env });
    assertMatch(ended.stderr, wanted.message, what);
    assertMatch(ended.stderr, wanted.hint, what);
    assertMatch(ended.stderr, /AWS_CA_BUNDLE is set, and not heard by Deno\.$/m, what);
    assertEquals(ended.code, 4, what);
    assertLessOrEqual(server.line.connections, wanted.most ?? 2, what);
    const examined = await world.spawn(["doctor"], { env });
    assertMatch(examined.stdout, new RegExp(`^❌ endpoint.*${wanted.message.source}`, "m"), what);
    assertMatch(examined.stdout, wanted.hint, what);
    assertEquals(examined.code, 4, what);
  }
});

Deno.test("flatfetch TSLA (an authority named with DENO_CERT, or of the system) exits 0", async () => {
  await using authority = await PrivateAuthority.make();
  await using world = await World.open([stockFiles()]);
  await using server = new TlsServer(world, await authority.issue());
  const FLATFETCH_ENDPOINT = `https://localhost:${server.line.port}`;
  const ways = [
    { DENO_CERT: authority.path },
    { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: authority.path },
  ];
  for (const way of ways) {
    const env = { FLATFETCH_ENDPOINT, ...way };
    const { code, stderr } = await world.spawn(["TSLA", "--refresh", ...IN_QUARTER], { env });
    assertEquals(code, 0, stderr);
  }
});
