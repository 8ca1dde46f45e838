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
 * The wait that an answer asks for, in milliseconds, from `x-amz-retry-after` (milliseconds), or
 * `retry-after`: seconds or a date. RFC 9110 has whole seconds and dates of three kinds alone, but
 * servers also send fractions, units and dates of ISO 8601.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after") ?? "";
  const waitMs = waitIn(headers.get("x-amz-retry-after") ?? "", "ms") ?? waitIn(value, "s");
  if (waitMs !== undefined) return waitMs;
  const untilMs = dateMs(value);
  return untilMs && Math.max(0, untilMs - (serverTimeMs(headers) ?? Date.now()));
}

/** The first of the numbers that a field has: there are several where a proxy adds its own. */
function waitIn(field: string, unit: "s" | "ms"): number | undefined {
  const [, number, written = unit] =
    /^\+?(\d+\.?\d*|\.\d+)\s*(s|ms)?(?:ec|econds?)?\s*(?:[,;]|$)/i.exec(field.trim()) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (written.toLowerCase() === "ms" ? 1 : 1_000);
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

/** A date with its time, in UTC where no zone is said, as in the oldest of RFC 9110's kinds. */
function dateMs(text: string): number | undefined {
  if (!/\d:\d\d/.test(text)) return undefined;
  const hasZone = /(?:[a-z]|[+-]\d\d:?\d\d)\s*$/i.test(text);
  const ms = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
