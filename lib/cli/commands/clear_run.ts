/**
 * Runs `flatfetch clear`.
 *
 * @module
 */

import { type Cache, openCache } from "../../open_cache.ts";
import type { ClearOptions } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../environment.ts";
import { EXIT } from "../explain.ts";
import { renderLeft } from "../render_warning.ts";
import { showJson, showLine } from "../results.ts";
import type { ClearArgs } from "./clear.ts";

/** Forgets symbols, their progress alone, or everything. */
export async function runClear(args: ClearArgs, context: Context): Promise<number> {
  const { all, progressOnly, json, symbols } = args;
  const left = new Set<string>();
  const options = { onLeft: (path: string) => left.add(path) };
  const cache = await openCache(cacheDirectoryOf(args.cacheDir, context.env));
  if (all) await clearAll(cache, args, { ...context, options });
  const found = new Map<string, boolean>();
  for (const symbol of symbols) {
    const wasThere = await clearSymbol(cache, symbol, { ...args, options });
    const what = progressOnly ? `the progress of ${symbol}` : symbol;
    showLine(wasThere ? `Forgot ${what}.` : `Nothing to forget of ${symbol}.`, context);
    found.set(symbol, wasThere || found.get(symbol) === true);
  }
  if (left.size > 0) context.terminal.error(renderLeft([...left], context.style));
  const forgotten = { all, progressOnly, symbols: Object.fromEntries(found), left: [...left] };
  if (json) await showJson(forgotten, context);
  return EXIT.complete;
}

async function clearAll(
  cache: Cache,
  { progressOnly }: ClearArgs,
  { options, ...context }: Context & { options: ClearOptions },
) {
  const symbols = (await cache.listProgress()).map(({ symbol }) => symbol);
  if (!progressOnly) await cache.clearAll(options);
  else for (const symbol of new Set(symbols)) await cache.clearProgress(symbol);
  showLine(progressOnly ? "Forgot all progress." : "Forgot everything.", context);
}

/** Whether anything was there. */
async function clearSymbol(
  cache: Cache,
  symbol: string,
  { progressOnly, options }: ClearArgs & { options: ClearOptions },
): Promise<boolean> {
  return progressOnly ? await cache.clearProgress(symbol) > 0 : await cache.clear(symbol, options);
}
