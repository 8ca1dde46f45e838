/**
 * Runs `flatfetch clear`.
 *
 * @module
 */

import type { ClearOptions, ForgottenFile } from "../../read/clear_cache.ts";
import { type Cache, openCache } from "../../read/open_cache.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../access/environment.ts";
import { EXIT } from "../explain/exits.ts";
import { forgottenTotal, renderForgotten, renderShared } from "../render/written.ts";
import { renderLeft } from "../render/warning.ts";
import { showJson, showLine } from "../terminal/results.ts";
import type { ClearArgs } from "./clear.ts";

/** Forgets symbols, their progress alone, or everything. */
export async function runClear(args: ClearArgs, context: Context): Promise<number> {
  const { all, progressOnly, json, symbols } = args;
  const cache = await openCache(cacheDirectoryOf(args.cacheDir, context.env));
  const gone: ForgottenFile[] = [];
  const left = new Set<string>();
  const options = {
    onLeft: (path: string) => left.add(path),
    onRemoved: (file: ForgottenFile) => gone.push(file),
  };
  if (all) await clearAll(cache, args, options);
  const found = new Map<string, boolean>();
  const show = (what: string, from: number) => {
    const files = gone.slice(from);
    if (files.length === 0) {
      return showLine(`Nothing to forget${all ? "" : ` of ${what}`}.`, context);
    }
    showLine(renderForgotten(what, files, cache.path), context);
    const notice = renderShared(files, context.style);
    if (notice !== undefined) context.terminal.line(notice);
  };
  if (all) show(progressOnly ? "all progress" : "everything", 0);
  for (const symbol of symbols) {
    const before = gone.length;
    const wasThere = await clearSymbol(cache, symbol, { ...args, options });
    show(wasThere && progressOnly ? `the progress of ${symbol}` : symbol, before);
    found.set(symbol, wasThere || found.get(symbol) === true);
  }
  if (left.size > 0) context.terminal.error(renderLeft([...left], context.style));
  const forgotten = {
    all,
    progressOnly,
    symbols: Object.fromEntries(found),
    path: cache.path,
    ...forgottenTotal(gone),
    left: [...left],
  };
  if (json) await showJson(forgotten, context);
  return EXIT.complete;
}

async function clearAll(cache: Cache, { progressOnly }: ClearArgs, options: ClearOptions) {
  if (!progressOnly) return await cache.clearAll(options);
  const symbols = (await cache.listProgress()).map(({ symbol }) => symbol);
  for (const symbol of new Set(symbols)) await cache.clearProgress(symbol, {}, options);
}

/** Whether anything was there. */
async function clearSymbol(
  cache: Cache,
  symbol: string,
  { progressOnly, options }: ClearArgs & { options: ClearOptions },
): Promise<boolean> {
  return progressOnly
    ? await cache.clearProgress(symbol, {}, options) > 0
    : await cache.clear(symbol, options);
}
