/**
 * Runs `flatfetch progress`.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import { parseSymbol } from "../../market/symbol.ts";
import { openCache } from "../../read/open_cache.ts";
import type { Progress } from "../../read/progress_markers.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../access/environment.ts";
import { noticesOn, showJson, showLine, showTable, withSources } from "../terminal/results.ts";
import { ageText } from "../render/wording.ts";
import type { ProgressArgs } from "./progress.ts";

/** Shows the progress markers, of all symbols or of those named. */
export async function runProgress(args: ProgressArgs, context: Context): Promise<number> {
  const wanted = args.symbols.flatMap((symbol) => parseSymbol(symbol).tickers);
  const cache = await openCache(cacheDirectoryOf(args.cacheDir, context.env));
  const markers = (await cache.listProgress({ onNewer: noticesOn(context) }))
    .filter(({ ticker }) => wanted.length === 0 || wanted.includes(ticker));
  if (args.json) return await showJson(markers.map(withoutRecords), context);
  if (markers.length === 0) {
    const named = args.symbols.length > 0 ? ` of ${args.symbols.join(", ")}` : "";
    return showLine(`No run${named} is unfinished.`, context);
  }
  const headings = ["SYMBOL", "PERIOD", "INTERVAL", ">FILES", ">BYTES", "AGE"];
  const table = withSources({ headings, rows: markers.map(progressRow) }, markers);
  return await showTable(table, context);
}

function progressRow(marker: Progress): string[] {
  const { symbol, period, interval, records, bytes, writtenAtMs } = marker;
  const age = ageText(Date.now() - writtenAtMs);
  return [symbol, period, interval, String(records.size), formatBytes(bytes), age];
}

/** A marker without its records, which may be many. */
function withoutRecords({ records, ...marker }: Progress) {
  return { ...marker, files: records.size };
}
