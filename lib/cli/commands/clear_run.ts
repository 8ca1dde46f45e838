/**
 * Runs `flatfetch clear`.
 *
 * @module
 */

import { type Cache, openCache } from "../../open_cache.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../environment.ts";
import { EXIT } from "../explain.ts";
import { showJson, showLine } from "../results.ts";
import type { ClearArgs } from "./clear.ts";

/** Forgets symbols, their progress alone, or everything. */
export async function runClear(args: ClearArgs, context: Context): Promise<number> {
  const { all, progressOnly, json, symbols } = args;
  const cache = await openCache(cacheDirectoryOf(args.cacheDir, context.env));
  if (all) await clearAll(cache, args, context);
  const found = new Map<string, boolean>();
  for (const symbol of symbols) {
    const wasThere = await clearSymbol(cache, symbol, args);
    const what = progressOnly ? `the progress of ${symbol}` : symbol;
    showLine(wasThere ? `Forgot ${what}.` : `Nothing to forget of ${symbol}.`, context);
    found.set(symbol, wasThere || found.get(symbol) === true);
  }
  if (json) await showJson({ all, progressOnly, symbols: Object.fromEntries(found) }, context);
  return EXIT.complete;
}

async function clearAll(cache: Cache, { progressOnly }: ClearArgs, context: Context) {
  const symbols = (await cache.listProgress()).map(({ symbol }) => symbol);
  if (!progressOnly) await cache.clearAll();
  else for (const symbol of new Set(symbols)) await cache.clearProgress(symbol);
  showLine(progressOnly ? "Forgot all progress." : "Forgot everything.", context);
}

/** Whether anything was there. */
async function clearSymbol(
  cache: Cache,
  symbol: string,
  { progressOnly }: ClearArgs,
): Promise<boolean> {
  return progressOnly ? await cache.clearProgress(symbol) > 0 : await cache.clear(symbol);
}
