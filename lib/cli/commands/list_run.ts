/**
 * Runs `flatfetch list`.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import { openCache } from "../../read/open_cache.ts";
import type { CachedBars } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../access/environment.ts";
import { noticesOn, showJson, showLine, showTable, withSources } from "../terminal/results.ts";
import type { ListArgs } from "./list.ts";

/** Shows what is cached. */
export async function runList({ cacheDir, json }: ListArgs, context: Context): Promise<number> {
  const cache = await openCache(cacheDirectoryOf(cacheDir, context.env));
  const entries = await cache.list({ onNewer: noticesOn(context) });
  if (json) return await showJson(entries, context);
  if (entries.length === 0) return showLine("Nothing is cached.", context);
  const headings = ["SYMBOL", "DATASET", ">BARS", "FIRST", "LAST", ">BYTES"];
  const table = withSources({ headings, rows: entries.map(entryRow) }, entries);
  return await showTable(table, context);
}

function entryRow({ symbol, dataset, bars, from, to, bytes }: CachedBars): string[] {
  return [symbol, dataset, String(bars), from ?? "-", to ?? "-", formatBytes(bytes)];
}
