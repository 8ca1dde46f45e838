/**
 * Reads what the REST API answers: one page, an answer that is about one thing, or a refusal.
 *
 *     {"status":"OK","request_id":"…","results":[…],"next_url":"https://…?cursor=…"}
 *     {"status":"OK","request_id":"…","results":{…}}
 *
 * Nothing of the request, and no free text of the server, enters an error: either could hold
 * the key.
 *
 * @module
 */

import {
  ConfigurationError,
  IntegrityError,
  isLastingDefect,
  NetworkError,
  quote,
  RestError,
} from "../errors.ts";
import { isObject } from "../given.ts";
import { redirectHost, retryAfterMs } from "../http/exchange.ts";
import { isPassing, PACES, reasonOfStatus } from "../http/status.ts";
import type { RetryPlan } from "../http/sender.ts";
import type { ApiKey } from "../settings.ts";

/** One page of an answer. */
export interface Page {
  readonly results: readonly unknown[];
  /** Where the next page is, as the server says it; `undefined` for the last one. */
  readonly next: string | undefined;
}

/** What a good answer calls its status. */
const GOOD = ["OK", "DELAYED"];

/**
 * Reads a page. An answer without results counts as an empty page only when it says `OK` and
 * has nothing else that could be the results under another name.
 *
 * @throws {SyntaxError} that says what is wrong with it and repeats nothing of it.
 */
export function readPage(bytes: Uint8Array): Page {
  const answer = parse(bytes);
  const { status, next_url, results = null } = answer;
  if (results === null && (status !== "OK" || Object.values(answer).some(isObject))) {
    throw new SyntaxError("it has no results");
  }
  if (results !== null && !Array.isArray(results)) {
    throw new SyntaxError("its results are no array");
  }
  if (next_url !== undefined && next_url !== null && typeof next_url !== "string") {
    throw new SyntaxError("its next_url is no text");
  }
  return { results: results ?? [], next: next_url || undefined };
}

/**
 * Reads an answer whose results are one object.
 *
 * @throws {SyntaxError} as {@linkcode readPage} does.
 */
export function readOne(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { results } = parse(bytes);
  if (isObject(results) && !Array.isArray(results)) return results as Record<string, unknown>;
  throw new SyntaxError("its results are no object");
}

/** An object whose status is good, if it has one. */
function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const answer = parseObject(bytes);
  const { status } = answer;
  if (status === undefined || GOOD.includes(status as string)) return answer;
  throw new SyntaxError("its status is not OK");
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const answer: unknown = JSON.parse(text);
    if (isObject(answer) && !Array.isArray(answer)) return answer as Record<string, unknown>;
  } catch {
    // The error would repeat what was sent.
  }
  const isPage = /^\s*<(?:!doctype\s+)?html[\s>]/i.test(text.slice(0, 1_000));
  throw new SyntaxError(isPage ? "it is a web page" : "it is no JSON object");
}

/** The vendor's cheapest plan allows five requests a minute: the wait when none is told. */
export const THROTTLED_HINT_MS = 12_000;

/** An answer without what was asked for. */
export interface RestRefusal {
  readonly response: Pick<Response, "status" | "headers">;
  /** What the message begins with. */
  readonly action: string;
  readonly apiKey: ApiKey;
}

/** The error for any other status than 200. */
export function restRefusal({ response, action, apiKey }: RestRefusal): Error {
  const { status } = response;
  const reason = reasonOfStatus(status);
  if (reason === "key" || reason === "access") {
    const why = "it is wrong, or its plan does not include this";
    return new ConfigurationError(
      `${action}: the server refuses the key in ${quote(apiKey.source)} (HTTP ${status}): ${why}`,
    );
  }
  const host = redirectHost(response);
  const whereTo = host === undefined ? "" : `, a redirect to ${hostText(host, apiKey)}`;
  const message = `${action}: the server answers HTTP ${status}${whereTo}`;
  return new RestError(message, { status, retryAfterMs: retryAfterMs(response.headers) });
}

/** The host for a message; one that holds the key is not named. */
export function hostText(host: string, { value }: ApiKey): string {
  const isSafe = !host.toLowerCase().includes(value.toLowerCase());
  return isSafe ? `the host ${quote(host)}` : "another host";
}

/** When to try again after an error; `undefined` when another attempt would meet the same. */
export function planRetry(error: unknown): RetryPlan | undefined {
  if (isLastingDefect(error)) return undefined;
  if (error instanceof NetworkError || error instanceof IntegrityError) return { pace: "retry" };
  if (!(error instanceof RestError)) return undefined;
  const { status, retryAfterMs: hintMs = status === 429 ? THROTTLED_HINT_MS : undefined } = error;
  const reason = reasonOfStatus(status);
  return isPassing(reason) ? { pace: PACES[reason], hintMs } : undefined;
}
