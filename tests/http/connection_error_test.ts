import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { ConfigurationError, TlsError } from "../../lib/errors.ts";
import { connectionError } from "../../lib/http/connections.ts";

const URL_OF_DENO = "https://tls.certificate.example/refused/dns%20error?X-Amz-Signature=0123";

/** What Deno 2.9 says behind the URL, what is said instead, and what of TLS is wrong. */
const TEXTS: readonly (readonly [string, string, string?])[] = [
  [
    "(Connect): invalid peer certificate: UnknownIssuer",
    "the server's certificate is not trusted",
    "untrusted",
  ],
  [
    "(Connect): invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
    "the server's certificate is not trusted",
    "untrusted",
  ],
  [
    "(Connect): invalid peer certificate: certificate expired: verification time 1 (UNIX), but …",
    "the server's certificate is expired",
    "outdated",
  ],
  [
    "(Connect): invalid peer certificate: certificate not valid yet: verification time …",
    "the server's certificate is not valid yet",
    "outdated",
  ],
  [
    '(Connect): invalid peer certificate: certificate not valid for name "a"; …',
    "the server's certificate is another host's",
    "other-host",
  ],
  [
    "(Connect): received corrupt message of type InvalidContentType",
    "what answers speaks no TLS",
    "no-tls",
  ],
  [
    "(SendRequest): invalid HTTP version parsed",
    "something that is no HTTP came before the answer",
    "no-http",
  ],
  [
    "(Connect): received fatal alert: ProtocolVersion",
    "the server agrees to no secure connection",
    "refused",
  ],
  [
    "(Connect): received fatal alert: CertificateRequired",
    "the server agrees to no secure connection",
    "refused",
  ],
  ["(Connect): received fatal alert: InternalError", "the connection to h:9 failed"],
  ["(Connect): tls handshake eof", "the secure connection to h:9 failed"],
  [
    "(Connect): tcp connect error: Connection refused (os error 111)",
    "the connection to h:9 was refused",
  ],
  [
    "(Connect): dns error: failed to lookup address information: …",
    "the host h:9 was not found",
  ],
  ["(Connect): unsuccessful tunnel", "the proxy makes no way to the server"],
  [
    "(Connect): unexpected eof while tunneling",
    "the proxy makes no way to the server",
  ],
  ["(Connect): Proxy server unreachable", "the proxy cannot be reached"],
  [
    "(SendRequest): connection closed before message completed",
    "the connection to h:9 was closed",
  ],
  ["(SendRequest): something new", "the connection to h:9 failed"],
];

Deno.test("connectionError() says what Deno says, by no word of the URL and without it", () => {
  for (const [text, wanted, defect] of TEXTS) {
    const cause = new Error(`error sending request for url (${URL_OF_DENO}): client error ${text}`);
    const thrown = new TypeError("fetch failed", { cause });
    const error = connectionError(thrown, { action: "Cannot act", host: "h:9" });
    assertEquals(error.message, `Cannot act: ${wanted}`, text);
    assertEquals(error instanceof TlsError ? error.defect : undefined, defect, text);
  }
});

Deno.test("connectionError() tells a port that no request may be sent to from a server that is down", async () => {
  for (const port of [1, 6000, 10080]) {
    const thrown = await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => error);
    const error = connectionError(thrown, { action: "Cannot act", host: "h:9" });
    assertInstanceOf(error, ConfigurationError);
    assertMatch(error.message, new RegExp(`^Cannot act: port ${port} is one that fetch`));
  }
});

Deno.test("connectionError() takes a proxy that asks who one is for a matter of configuration", () => {
  const text = "client error (Connect): proxy authentication required";
  const error = connectionError(new Error(text), { action: "Cannot act", host: "h:9" });
  assertInstanceOf(error, ConfigurationError);
  assertEquals(error.message, "Cannot act: the proxy wants a user name and a password");
});
