/**
 * What finding tickers in one day of all stocks takes, gunzip included.
 *
 *     deno task bench:micro
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { extract } from "../../lib/flatfile/extract.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";
import { STOCK_DAYS } from "./data.ts";

const { key, bytes, text } = STOCK_DAYS.file(STOCK_DAYS.dates[0]!);
const listed = text.match(/^[A-Z]{2,5}(?=,)/gm)!;
const step = Math.floor(listed.length / 500);
const many = listed.filter((_, i) => i % step === 0).slice(0, 500);

const group = "a day of 10,600 tickers";

Deno.bench({ name: "gunzip alone", group, baseline: true }, () => {
  gunzipSync(bytes, { chunkSize: 1 << 20 });
});

const cases = [
  { name: "one ticker", wanted: ["TSLA"] },
  { name: "8 tickers", wanted: many.slice(-8) },
  { name: "500 tickers", wanted: many },
  { name: "all as a family", wanted: ["*"] },
];

for (const { name, wanted } of cases) {
  const tickers = new TickerSet(wanted);
  Deno.bench({ name: `extract() ${name}`, group }, async () => {
    await extract(key, bytes, tickers);
  });
}
