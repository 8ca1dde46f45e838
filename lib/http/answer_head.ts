/**
 * What the head of an answer says to whoever was refused: how late it is, how long to wait, and
 * where a redirect leads, which is never followed.
 *
 * @module
 */

/** The server's clock, in milliseconds since the epoch to a second, where it tells it. */
export function serverTimeMs(headers: Headers): number | undefined {
  return dateMs(headers.get("date") ?? "");
}

/**
 * The wait that an answer asks for, in milliseconds, from `retry-after` (seconds, or a
 * date of RFC 9110) or `x-amz-retry-after` (milliseconds).
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const milliseconds = headers.get("x-amz-retry-after")?.trim() ?? "";
  if (/^\d{1,12}$/.test(milliseconds)) return Number(milliseconds);
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const untilMs = /^[A-Z][a-z]{2,8},? /.test(value) ? dateMs(value) : undefined;
  return untilMs && Math.max(0, untilMs - (serverTimeMs(headers) ?? Date.now()));
}

/** The host of a redirect's target; its query, which may repeat the request's, is no part of it. */
export function redirectHost(
  { status, headers }: Pick<Response, "status" | "headers">,
): string | undefined {
  if (status < 300 || status > 399) return undefined;
  const location = headers.get("location") ?? "";
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return undefined;
  return new URL(location).hostname;
}

function dateMs(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
