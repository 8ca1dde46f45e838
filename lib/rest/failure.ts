/**
 * Turns an answer that refuses into an error, and says whether another attempt is worth it.
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
import { backoffMs, MAX_ATTEMPTS, parseRetryAfter } from "../http/backoff.ts";
import { redirectHost } from "../http/redirect.ts";
import type { ApiKey } from "./api_key.ts";

/** The vendor's cheapest plan allows five requests a minute: the wait when none is told. */
export const THROTTLED_HINT_MS = 12_000;

/** An answer without what was asked for. */
export interface Refusal {
  readonly response: Pick<Response, "status" | "headers">;
  /** What the message begins with. */
  readonly action: string;
  readonly apiKey: ApiKey;
}

/** The error for any other status than 200. */
export function answerError({ response, action, apiKey }: Refusal): Error {
  const { status, headers } = response;
  if (status === 401 || status === 403) {
    const why = "it is wrong, or its plan does not include this";
    return new ConfigurationError(
      `${action}: the server refuses the key in ${quote(apiKey.source)} (HTTP ${status}): ${why}`,
    );
  }
  const serverTimeMs = Date.parse(headers.get("date") ?? "");
  const retryAfterMs = parseRetryAfter(headers, serverTimeMs || Date.now());
  const host = redirectHost(response);
  const whereTo = host === undefined ? "" : `, a redirect to ${hostText(host, apiKey)}`;
  const message = `${action}: the server answers HTTP ${status}${whereTo}`;
  return new RestError(message, { status, retryAfterMs });
}

/** The host for a message; one that holds the key is not named. */
export function hostText(host: string, { value }: ApiKey): string {
  const isSafe = !host.toLowerCase().includes(value.toLowerCase());
  return isSafe ? `the host ${quote(host)}` : "another host";
}

/** Statuses that another attempt may not have: a redirect's sender may be gone then. */
const PASSING = [301, 302, 303, 307, 308, 408, 425, 429];

/**
 * How long to wait before the next attempt, in milliseconds; `undefined` when none is to be
 * made.
 *
 * @param attempt The attempt that failed; the first is 1.
 * @param random Returns a number from 0 up to, not including, 1.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  random: () => number,
): number | undefined {
  if (attempt >= MAX_ATTEMPTS || isLastingDefect(error)) return undefined;
  if (error instanceof NetworkError || error instanceof IntegrityError) {
    return backoffMs(attempt, "retry", random);
  }
  if (!(error instanceof RestError)) return undefined;
  const { status, retryAfterMs } = error;
  if (status === 429) {
    return backoffMs(attempt, "throttle", random, retryAfterMs ?? THROTTLED_HINT_MS);
  }
  const isPassing = PASSING.includes(status) || status >= 500 && status !== 501;
  if (!isPassing) return undefined;
  return backoffMs(attempt, status === 503 ? "throttle" : "retry", random, retryAfterMs);
}
