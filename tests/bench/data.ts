/**
 * The benchmarks' files: generated once into `bench-data/`, of the vendor's real size.
 *
 * @module
 */

import { type FlatFiles, generateStockDays } from "../../fixtures/flat_files.ts";
import { generateStockMinutes } from "../../fixtures/minute_files.ts";

/** Where they are. */
export const DATA: URL = new URL("../../bench-data/", import.meta.url);

/** About 10,600 tickers a day: 221 KB of gzip, 635 KB of text. */
export const STOCK_DAYS: FlatFiles = generateStockDays({
  from: "2020-11-02",
  to: "2025-10-30",
  tickers: 11_300,
  level: 6,
});

/** What they take on the disk, with room for what else a run writes. */
export const FILES_BYTES = 320e6;

/** One day of stock minutes: 1.8 million rows, 20 MB of gzip, 100 MB of text. */
const ONE_DAY: FlatFiles = generateStockMinutes({
  from: STOCK_DAYS.dates.at(-1)!,
  to: STOCK_DAYS.dates.at(-1)!,
  stocks: 5_350,
  level: 6,
});

/** The last days of stock minutes; the server has one file under all of them. */
export const STOCK_MINUTES = {
  dataset: ONE_DAY.dataset,
  dates: STOCK_DAYS.dates.slice(-60),
  path: new URL(`${ONE_DAY.dataset}/one_day.csv.gz`, DATA),
  /** How many rows a ticker has, in all files together. */
  rowsOf: (ticker: string): number => 60 * ONE_DAY.truth(ticker).length,
} as const;

/** The key of a dataset's file. */
export function keyOf(dataset: string, date: string): string {
  return `${dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

/** Makes the files that are missing and says how many there were. */
export async function makeData(): Promise<number> {
  let made = 0;
  for (const date of STOCK_DAYS.dates) {
    const path = new URL(STOCK_DAYS.keyOf(date), DATA);
    if (await make(path, () => STOCK_DAYS.file(date).bytes)) made++;
  }
  if (await make(STOCK_MINUTES.path, () => ONE_DAY.file(ONE_DAY.dates[0]!).bytes)) made++;
  return made;
}

/** Makes a file unless it is there; one that was interrupted is not. */
async function make(path: URL, content: () => Uint8Array): Promise<boolean> {
  if (await Deno.stat(path).then(() => true, () => false)) return false;
  await Deno.mkdir(new URL(".", path), { recursive: true });
  const beside = new URL(`${path}.tmp`);
  await Deno.writeFile(beside, content());
  await Deno.rename(beside, path);
  return true;
}

if (import.meta.main) {
  const started = performance.now();
  const made = await makeData();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  // deno-lint-ignore no-console
  console.log(`${made} files made in ${seconds} s`);
}
