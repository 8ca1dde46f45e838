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
import { redirectHost, retryAfterMs } from "../http/answer_head.ts";
import type { RetryPlan } from "../http/sender.ts";
import type { ApiKey } from "../settings.ts";

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
  if (status === 401 || status === 403) {
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

/** Statuses that another attempt may not have: a redirect's sender may be gone then. */
const PASSING = [301, 302, 303, 307, 308, 408, 425];

/** When to try again after an error; `undefined` when another attempt would meet the same. */
export function planRetry(error: unknown): RetryPlan | undefined {
  if (isLastingDefect(error)) return undefined;
  if (error instanceof NetworkError || error instanceof IntegrityError) return { pace: "retry" };
  if (!(error instanceof RestError)) return undefined;
  const { status, retryAfterMs: hintMs } = error;
  if (status === 429) return { pace: "throttle", hintMs: hintMs ?? THROTTLED_HINT_MS };
  if (status === 503) return { pace: "throttle", hintMs };
  const isPassing = PASSING.includes(status) || status >= 500 && status !== 501;
  return isPassing ? { pace: "retry", hintMs } : undefined;
}
