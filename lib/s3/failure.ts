/**
 * Turns a failed exchange into an error that tells what happened and no secret.
 *
 * Nothing of the request's URL or headers, and no free text of the server or the platform,
 * enters an error: either could hold a key id or a signature.
 *
 * @module
 */

import { NetworkError, quote, S3Error } from "../errors.ts";
import type { Credentials } from "./credentials.ts";
import { parseErrorDocument } from "./documents.ts";
import { parseRetryAfter } from "./retry.ts";

/** A refusal, as far as it came. */
export interface Refusal {
  readonly response: Pick<Response, "status" | "headers">;
  /** The answer's body, or what could be read of it. */
  readonly body: Uint8Array | string;
  /** The key that was asked for; none for a listing. */
  readonly key: string | undefined;
  /** What the message begins with. */
  readonly action: string;
  /** What must not be repeated. */
  readonly credentials: Credentials;
}

/** The error for an answer that is not the thing that was asked for. */
export function answerError(refusal: Refusal): S3Error {
  const { response, key, action, credentials } = refusal;
  const { status, headers } = response;
  const document = parseErrorDocument(refusal.body);
  const fallback = `HTTP ${status}`;
  const code = plain(document?.code, credentials) ?? fallback;
  const requestId = plain(headers.get("x-amz-request-id"), credentials) ??
    plain(document?.requestId, credentials);
  const serverTimeMs = dateOf(headers);
  const said = code === fallback ? code : `${fallback} ${code}`;
  return new S3Error(
    `${action}: the server answers ${said}${whereTo(response)}`,
    {
      code,
      status,
      key,
      requestId,
      retryAfterMs: parseRetryAfter(headers, serverTimeMs ?? Date.now()),
      serverTimeMs,
    },
  );
}

/** A short word of the server, unless it is none or holds a secret. */
function plain(
  text: string | null | undefined,
  credentials: Credentials,
): string | undefined {
  if (!text || !/^[\w+/=.:-]{1,128}$/.test(text)) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const secrets = [accessKeyId, secretAccessKey, sessionToken ?? accessKeyId];
  return secrets.some((secret) => text.includes(secret)) ? undefined : text;
}

function dateOf(headers: Headers): number | undefined {
  const dateMs = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(dateMs) ? undefined : dateMs;
}

/** Of a redirect's target only the host: its query may repeat the request's. */
function whereTo({ status, headers }: Refusal["response"]): string {
  if (status < 300 || status > 399) return "";
  const location = headers.get("location") ?? "";
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return "";
  return `, a redirect to the host ${quote(new URL(location).hostname)}`;
}

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
