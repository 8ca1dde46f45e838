import { assertRejects } from "@std/assert";
import {
  checkPlace,
  checkSymbols,
  estimate,
  exportDataset,
  FolderTarget,
  loadDividends,
  loadSplits,
  openCache,
  preload,
  readBars,
  UsageError,
} from "../mod.ts";

/** What a caller whom no compiler stops gives. */
// deno-lint-ignore no-explicit-any
type Anything = any;

const cacheDirectory = "/nowhere/flatfetch";
const options = { cacheDirectory, offline: true };
const target = new FolderTarget("/nowhere/lake");

/** By the name of the list, and of the function: a call with it. */
const LISTS: Record<string, (list: Anything) => unknown> = {
  "symbols of preload": (symbols) => preload(symbols, options),
  "symbols of estimate": (symbols) => estimate(symbols, options),
  "symbols of checkSymbols": (symbols) => checkSymbols(symbols, options),
  "symbols of readBars": async (symbols) =>
    await Array.fromAsync(readBars(await openCache(cacheDirectory), { symbols })),
  "datasets of exportDataset": (datasets) => exportDataset(datasets, { ...options, target }),
  "datasets of checkPlace": (datasets) => checkPlace(datasets, { ...options, target }),
  "tickers of exportDataset": (tickers) =>
    exportDataset(["us_stocks_sip/day_aggs_v1"], { ...options, target, tickers }),
  "tickers of loadSplits": (tickers) => loadSplits(tickers, options),
  "tickers of loadDividends": (tickers) => loadDividends(tickers, options),
  "symbols of loadSplits": (symbols) => loadSplits(["TSLA"], { ...options, symbols }),
};

for (const [what, call] of Object.entries(LISTS)) {
  Deno.test(`${what}: what is no list of strings is refused by name`, async () => {
    const [name] = what.split(" ");
    const refused = async (list: unknown, message: string) =>
      await assertRejects(async () => await call(list), UsageError, `Cannot use ${name}${message}`);
    await refused("TSLA", ': found "TSLA", want a list, such as ["');
    await refused(null, ": found null, want a list");
    await refused({ length: 1 }, ": found an object, want a list");
    await refused(5, ": found 5, want a list");
    await refused(["TSLA", 5], "[1]: found 5, want a string");
    await refused(["TSLA", undefined], "[1]: found undefined, want a string");
    await refused([["TSLA"]], "[0]: found a list, want a string");
  });
}
