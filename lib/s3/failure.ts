/**
 * Turns a failed exchange into an error that tells what happened and no secret.
 *
 * Nothing of the request's URL or headers, and no free text of the server or the platform,
 * enters an error: either could hold a key id or a signature.
 *
 * @module
 */

import { quote, S3Error } from "../errors.ts";
import { redirectHost, retryAfterMs, serverTimeMs } from "../http/answer_head.ts";
import type { Credentials } from "./credentials.ts";
import { parseErrorDocument } from "./documents.ts";
import { refusalReason } from "./refusal_reason.ts";

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
  const said = code === fallback ? code : `${fallback} ${code}`;
  const named = plain(document?.region, credentials) ??
    plain(headers.get("x-amz-bucket-region"), credentials);
  // Servers name the region in other answers as well.
  const region = refusalReason({ code, status, region: named }) === "region" ? named : undefined;
  const wanted = region === undefined ? "" : `, the bucket is in the region ${quote(region)}`;
  return new S3Error(
    `${action}: the server answers ${said}${whereTo(response)}${wanted}${wish(refusal)}`,
    {
      code,
      status,
      key,
      requestId,
      retryAfterMs: retryAfterMs(headers),
      serverTimeMs: serverTimeMs(headers),
      region,
    },
  );
}

/** What is shorter may be in any word, as `a` is in `InvalidAccessKeyId`. */
const LEAST_SECRET_LENGTH = 8;

/** A short word of the server, unless it is none, is a secret or holds one. */
function plain(text: string | null | undefined, credentials: Credentials): string | undefined {
  if (!text || !/^[\w+/=.:-]{1,128}$/.test(text)) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const secrets = [accessKeyId, secretAccessKey, sessionToken ?? accessKeyId];
  const isIn = (secret: string) =>
    secret.length < LEAST_SECRET_LENGTH ? text === secret : text.includes(secret);
  return secrets.some(isIn) ? undefined : text;
}

/** Servers that speak TLS alone say so in plain HTTP, each in its own words. */
function wish({ response, body }: Refusal): string {
  if (response.status !== 400) return "";
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  return /HTTP request.* to (an )?HTTPS (port|server)/i.test(text) ? ", it wants https" : "";
}

function whereTo(response: Refusal["response"]): string {
  const host = redirectHost(response);
  return host === undefined ? "" : `, a redirect to the host ${quote(host)}`;
}
