/**
 * Turns what the platform throws for a failed connection into an error that tells what
 * happened and no secret: the platform's texts repeat the URL.
 *
 * @module
 */

import { NetworkError } from "../errors.ts";

/** What the platform's texts are recognized by, and what is said instead of them. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/connection refused/i, "the connection was refused"],
  [/connection reset|broken pipe/i, "the connection was reset"],
  [/dns error|failed to lookup|name resolution/i, "the host was not found"],
  [/certificate/i, "the server's certificate is not trusted"],
  [/handshake|\btls\b/i, "the secure connection failed"],
  [/unreachable/i, "the network cannot be reached"],
  [/timed out/i, "the connection timed out"],
  [/closed|unexpected eof|end of file/i, "the connection was closed"],
];

/**
 * The error for what `fetch` or a body's reader has thrown. The original is not attached,
 * because its texts repeat the URL.
 */
export function connectionError(
  error: unknown,
  facts: { action: string; phase: "headers" | "body" },
): NetworkError {
  const { action, phase } = facts;
  const texts = causesOf(error).join("\n");
  const reason = REASONS.find(([pattern]) => pattern.test(texts))?.[1] ??
    "the connection failed";
  const where = phase === "headers" ? "before the answer" : "within the answer";
  return new NetworkError(`${action}: ${reason} ${where}`, {
    phase,
    timedOut: false,
  });
}

function causesOf(error: unknown): string[] {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (texts.push(cause.message) > 8) break;
  }
  return texts;
}
