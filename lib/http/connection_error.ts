/**
 * Turns what the platform throws for a failed connection into an error that tells what
 * happened and no secret: the platform's texts repeat the URL.
 *
 * @module
 */

import { ConfigurationError, NetworkError, type TlsDefect, TlsError } from "../errors.ts";

/** What the platform's texts are recognized by, and what is said instead of them. */
const REASONS: readonly (readonly [RegExp, string, TlsDefect?])[] = [
  [/not valid for name/i, "the server's certificate is another host's", "other-host"],
  [/certificate expired/i, "the server's certificate is expired", "outdated"],
  [/certificate not valid yet/i, "the server's certificate is not valid yet", "outdated"],
  [/invalid peer certificate/i, "the server's certificate is not trusted", "untrusted"],
  [/corrupt message/i, "what answers speaks no TLS", "no-tls"],
  [/invalid HTTP version/i, "something that is no HTTP came before the answer", "no-http"],
  [
    /fatal alert: (?!InternalError|CloseNotify|UserCanceled)|peer is incompatible/i,
    "the server agrees to no secure connection",
    "refused",
  ],
  [/unsuccessful tunnel|while tunneling/i, "the proxy makes no way to the server"],
  [/proxy server unreachable/i, "the proxy cannot be reached"],
  [/connection refused/i, "the connection was refused"],
  [/connection reset|broken pipe/i, "the connection was reset"],
  [/dns error|failed to lookup|name resolution/i, "the host was not found"],
  [/handshake|\btls\b/i, "the secure connection failed"],
  [/unreachable/i, "the network cannot be reached"],
  [/timed out/i, "the connection timed out"],
  [/closed|unexpected eof|end of file/i, "the connection was closed"],
];

/**
 * The error for what `fetch` or, without a host, a body's reader has thrown. The original is not
 * attached, because its texts repeat the URL.
 */
export function connectionError(
  error: unknown,
  { action, host }: { action: string; host?: string },
): NetworkError | ConfigurationError {
  const texts = causesOf(error).map(withoutUrl).join("\n");
  const [, port] = /Requests to port (\d+) are blocked/.exec(String(error)) ?? [];
  if (port !== undefined) {
    return new ConfigurationError(`${action}: port ${port} is one that fetch() sends nothing to`);
  }
  if (/proxy authentication/i.test(texts)) {
    return new ConfigurationError(`${action}: the proxy wants a user name and a password`);
  }
  const [, reason = "the connection failed", defect] =
    REASONS.find(([pattern]) => pattern.test(texts)) ?? [];
  if (defect !== undefined) return new TlsError(`${action}: ${reason}`, { defect });
  const told = host === undefined
    ? `${reason} within the answer`
    : reason.replace(/connection\b/, `$& to ${host}`).replace(/^the host\b/, `$& ${host}`);
  const phase = host === undefined ? "body" : "headers";
  return new NetworkError(`${action}: ${told}`, { phase, timedOut: false });
}

/** What happened, behind the URL, whose words say nothing. */
function withoutUrl(text: string): string {
  return text.slice(Math.max(0, text.lastIndexOf("client error")));
}

function causesOf(error: unknown): string[] {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (texts.push(cause.message) > 8) break;
  }
  return texts;
}
