/**
 * The benchmarks' files: generated once into `bench-data/`, of the vendor's real size.
 *
 * @module
 */

import { type FlatFiles, generateStockDays } from "../../fixtures/flat_files.ts";

/** Where they are. */
export const DATA = new URL("../../bench-data/", import.meta.url);

/** About 10,600 tickers a day: 221 KB of gzip, 635 KB of text. */
export const STOCK_DAYS: FlatFiles = generateStockDays({
  from: "2020-11-02",
  to: "2025-10-30",
  tickers: 11_300,
  level: 6,
});

/** Makes the files that are missing and says how many there were. */
export async function makeData(): Promise<number> {
  let made = 0;
  for (const date of STOCK_DAYS.dates) {
    const path = new URL(STOCK_DAYS.keyOf(date), DATA);
    if (await Deno.stat(path).then(() => true, () => false)) continue;
    await Deno.mkdir(new URL(".", path), { recursive: true });
    await Deno.writeFile(path, STOCK_DAYS.file(date).bytes);
    made++;
  }
  return made;
}

if (import.meta.main) {
  const started = performance.now();
  const made = await makeData();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const first = STOCK_DAYS.file(STOCK_DAYS.dates[0]!);
  // deno-lint-ignore no-console
  console.log(
    `${made} files made in ${seconds} s; ${first.bytes.length} B gzip, ${first.text.length} B text`,
  );
}
