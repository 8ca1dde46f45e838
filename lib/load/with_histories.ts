/**
 * Adds the histories of companies to requests where a run follows them.
 *
 * @module
 */

import type { SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";

/** @throws as `followTickers()` does, which a run that follows nothing does not load. */
export async function withHistories(
  requests: readonly SymbolRequest[],
  settings: Settings,
): Promise<readonly SymbolRequest[]> {
  if (!settings.follow) return requests;
  const { followTickers } = await import("./follow.ts");
  return await followTickers(requests, settings);
}
