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

/** The last 60 days of stock minutes: 1.8 million rows a day, 20 MB of gzip, 100 MB of text. */
export const STOCK_MINUTES: FlatFiles = generateStockMinutes({
  from: STOCK_DAYS.dates.at(-60)!,
  to: STOCK_DAYS.dates.at(-1)!,
  stocks: 5_350,
  level: 6,
});

/** The key of a dataset's file. */
export function keyOf(dataset: string, date: string): string {
  return `${dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

/** Makes the files that are missing and says how many there were. */
export async function makeData(): Promise<number> {
  let made = 0;
  for (const files of [STOCK_DAYS, STOCK_MINUTES]) {
    for (const date of files.dates) {
      const path = new URL(files.keyOf(date), DATA);
      if (await make(path, () => files.file(date).bytes)) made++;
    }
  }
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
