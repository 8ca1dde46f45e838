/**
 * The clocks that markets go by.
 *
 * @module
 */

import type { Asset } from "./symbol.ts";

/** The time zone of an asset's market: crypto and currencies go by UTC. */
export function timeZoneOf(asset: Asset): "America/New_York" | "UTC" {
  return asset === "crypto" || asset === "forex" ? "UTC" : "America/New_York";
}
