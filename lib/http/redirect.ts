/**
 * Where a redirect leads, which is never followed.
 *
 * @module
 */

/** The host of a redirect's target; its query, which may repeat the request's, is no part of it. */
export function redirectHost(
  { status, headers }: Pick<Response, "status" | "headers">,
): string | undefined {
  if (status < 300 || status > 399) return undefined;
  const location = headers.get("location") ?? "";
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return undefined;
  return new URL(location).hostname;
}
