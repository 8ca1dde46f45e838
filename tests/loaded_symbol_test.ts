import { assertEquals } from "@std/assert";
import { KeptRecord, type ObjectRecord } from "../lib/cache/record.ts";
import type { DatedObject } from "../lib/dated_object.ts";
import {
  barsOf,
  filesOf,
  type LoadedSymbol,
  recordedOf,
  sourceBarsOf,
  spanOfRows,
} from "../lib/loaded_symbol.ts";
import type { BarRow } from "../lib/market/bar.ts";
import { readRequest } from "../lib/request.ts";

const TODAY = "2024-03-08";
const [TSLA] = readRequest(["TSLA"], { period: "1wk" }, TODAY);
const DATASET = TSLA!.dataset.name;

const fileOf = (date: string): DatedObject => ({
  key: `${DATASET}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`,
  date,
  size: 10,
  etag: "e",
});
const FILES = ["2024-03-01", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"].map(fileOf);
const LISTING = new Map([[DATASET, FILES]]);
/** Those of the week's span. */
const WEEK = FILES.slice(1);

const row = (timestamp: number): BarRow => [timestamp, 1, 2, 0.5, 1.5, 100, 7];
const recordOf = (file: DatedObject, rows: readonly BarRow[] = [row(Date.parse(file.date))]) => ({
  ...file,
  rows,
});

function loadedOf(
  records: readonly ObjectRecord[],
  { request = TSLA!, ...more }: Partial<LoadedSymbol> = {},
): LoadedSymbol {
  return {
    request,
    symbol: request.symbol,
    ticker: request.tickers[0],
    cached: false,
    records: new Map(records.map((record) => [record.key, KeptRecord.of(record)])),
    ...more,
  };
}

Deno.test("filesOf() has the files of the symbol's dataset and span", () => {
  assertEquals(filesOf(TSLA!, LISTING), WEEK);
  assertEquals(filesOf(TSLA!, new Map()), []);
  const [crypto] = readRequest(["BTC-USD"], {}, TODAY);
  assertEquals(filesOf(crypto!, LISTING), []);
});

Deno.test("barsOf() has the rows of the files that are recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[1]!), etag: "older" };
  const records = [recordOf(WEEK[3]!, [row(1), row(2)]), recordOf(WEEK[0]!), replaced];
  const loaded = loadedOf([...records, recordOf(FILES[0]!)]);
  const bars = [...barsOf(loaded, recordedOf(loaded, WEEK))];
  assertEquals(bars.map(({ date, timestamp }) => [date, timestamp]), [
    ["2024-03-05", Date.parse("2024-03-05")],
    ["2024-03-08", 1],
    ["2024-03-08", 2],
  ]);
  const { date: _, ...numbers } = bars[0]!;
  assertEquals(Object.values(numbers), [...row(Date.parse("2024-03-05"))]);
});

Deno.test("spanOfRows() counts what sourceBarsOf() gives, over the files recorded as listed", () => {
  const replaced = { ...recordOf(WEEK[3]!), etag: "older" };
  const records = [recordOf(WEEK[0]!, []), recordOf(WEEK[1]!, [row(1), row(2)]), replaced];
  const loaded = loadedOf([...records, recordOf(WEEK[2]!), recordOf(FILES[0]!)]);
  const recorded = recordedOf(loaded, WEEK);
  const bars = [...sourceBarsOf(loaded, recorded)];
  assertEquals(bars.map(({ date }) => date), ["2024-03-06", "2024-03-06", "2024-03-07"]);
  assertEquals(spanOfRows(loaded, recorded), { count: 3, from: "2024-03-06", to: "2024-03-07" });
  assertEquals(spanOfRows(loadedOf([]), []), { count: 0, from: null, to: null });
});
