import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  datasetNamed,
  datasetOf,
  datasetsOf,
  dateOfKey,
  parseKey,
  yearPrefix,
} from "../../lib/market/dataset.ts";
import type { Asset } from "../../lib/market/symbol.ts";

const stocks = datasetOf("stock", "1d");

Deno.test("datasetOf() names the vendor's family of each asset and its first date", () => {
  const rows: [Asset, string, string][] = [
    ["stock", "us_stocks_sip/day_aggs_v1", "2003-09-10"],
    ["option", "us_options_opra/day_aggs_v1", "2014-06-02"],
    ["index", "us_indices/day_aggs_v1", "2023-02-14"],
    ["forex", "global_forex/day_aggs_v1", "2009-09-25"],
    ["crypto", "global_crypto/day_aggs_v1", "2013-11-01"],
  ];
  for (const [asset, name, firstDate] of rows) {
    assertEquals(datasetOf(asset, "1d"), { name, firstDate, asset, interval: "1d" });
  }
});

Deno.test("datasetOf() has the minute files for minutes and hours, the day files for the rest", () => {
  for (const interval of ["1m", "2m", "5m", "15m", "30m", "1h"] as const) {
    assertEquals(datasetOf("crypto", interval).name, "global_crypto/minute_aggs_v1");
  }
  for (const interval of ["1d", "1wk", "1mo"] as const) {
    assertEquals(datasetOf("index", interval).name, "us_indices/day_aggs_v1");
  }
});

Deno.test("datasetsOf() has both of an asset", () => {
  assertEquals(datasetsOf("option").map(({ name }) => name), [
    "us_options_opra/minute_aggs_v1",
    "us_options_opra/day_aggs_v1",
  ]);
});

Deno.test("datasetNamed() finds each dataset by its name, and no other", () => {
  for (const asset of ["stock", "option", "index", "forex", "crypto"] as const) {
    for (const dataset of datasetsOf(asset)) {
      assertEquals(datasetNamed(dataset.name), dataset);
      const key = `${yearPrefix(dataset, 2024)}03/2024-03-07.csv.gz`;
      assertEquals(parseKey(key), { dataset, date: "2024-03-07" });
      assertEquals(parseKey(`x/${key}`), undefined);
      assertEquals(parseKey(`${key}.bak`), undefined);
    }
  }
  for (const name of ["", "us_stocks_sip", "us_stocks_sip/trades_v1"]) {
    assertEquals(datasetNamed(name), undefined);
  }
});

Deno.test("yearPrefix() is the folder of one year", () => {
  assertEquals(yearPrefix(stocks, 2024), "us_stocks_sip/day_aggs_v1/2024/");
  assertEquals(yearPrefix(stocks, 7), "us_stocks_sip/day_aggs_v1/0007/");
});

Deno.test("dateOfKey() is the date in a flat file's name", () => {
  const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
  assertEquals(dateOfKey(stocks, key), "2024-03-07");
  const leapDay = "us_stocks_sip/day_aggs_v1/2024/02/2024-02-29.csv.gz";
  assertEquals(dateOfKey(stocks, leapDay), "2024-02-29");
});

Deno.test("dateOfKey() knows no date of a key that is elsewhere or otherwise named", () => {
  const keys = [
    "2025/03/2024-03-07.csv.gz",
    "2024/04/2024-03-07.csv.gz",
    "2024/2024-03-07.csv.gz",
    "2024/03/07/2024-03-07.csv.gz",
    "2024/03/2024-03-07.csv",
    "2024/03/2024-03-07.csv.gz.tmp",
    "2024/03/2024-03-07.CSV.GZ",
    "2024/03/2024-03-7.csv.gz",
    "2024/03/20240307.csv.gz",
    "2024/03/ 2024-03-07.csv.gz",
    "2024/03/2024-03-07.csv.gz\n",
    "2024/03/",
    "",
  ];
  for (const key of keys) {
    assertEquals(dateOfKey(stocks, `${stocks.name}/${key}`), undefined, key);
  }
  for (
    const folder of [
      "",
      "/",
      "us_stocks_sip/",
      "us_stocks_sip/day_aggs_v12/",
      "us_stocks_sip/minute_aggs_v1/",
      "x/us_stocks_sip/day_aggs_v1/",
    ]
  ) {
    const key = `${folder}2024/03/2024-03-07.csv.gz`;
    assertEquals(dateOfKey(stocks, key), undefined, key);
  }
});

Deno.test("dateOfKey() knows no date that is in no calendar", () => {
  for (const date of ["2024-13-01", "2024-00-10", "2024-02-30", "2023-02-29", "2024-04-31"]) {
    const [year, month] = date.split("-");
    const key = `${stocks.name}/${year}/${month}/${date}.csv.gz`;
    assertEquals(dateOfKey(stocks, key), undefined, key);
  }
});

Deno.test("dateOfKey() reads back every date from its key, under its year's prefix", () => {
  const dates = fc.date({
    min: new Date("2003-09-10"),
    max: new Date("2099-12-31"),
    noInvalidDate: true,
  }).map((time) => time.toISOString().slice(0, 10));
  fc.assert(fc.property(dates, (date) => {
    const prefix = yearPrefix(stocks, Number(date.slice(0, 4)));
    assertEquals(dateOfKey(stocks, `${prefix}${date.slice(5, 7)}/${date}.csv.gz`), date);
  }));
});
