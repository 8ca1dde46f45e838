import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../lib/errors.ts";
import { readRequest, type RequestOptions } from "../lib/request.ts";

const TODAY = "2025-11-01";
const read = (symbols: readonly string[], options: RequestOptions = {}) =>
  readRequest(symbols, options, TODAY);
const tickersOf = (...symbols: string[]) => read(symbols).map(({ tickers }) => tickers[0]);

Deno.test("readRequest() finds dataset, tickers, period and interval of a symbol", () => {
  assertEquals(read(["TSLA"]), [{
    symbol: "TSLA",
    asset: "stock",
    tickers: ["TSLA"],
    dataset: {
      name: "us_stocks_sip/day_aggs_v1",
      firstDate: "2003-09-10",
      asset: "stock",
      interval: "1d",
    },
    period: { name: "5y", from: "2020-11-02", to: "2025-11-01" },
    interval: "1d",
    hours: "all",
  }]);
});

Deno.test("readRequest() counts a family once, in whatever spelling, and takes a hundred", () => {
  assertEquals(tickersOf("O:SPY*", "o:spy**", "SPY25*", "O:SPY25*"), ["O:SPY*", "O:SPY25*"]);
  const names = Array.from(
    { length: 101 },
    (_, i) => `A${"B".repeat(i % 10)}${"C".repeat(i / 10)}*`,
  );
  assertEquals(read(names.slice(0, 100)).length, 100);
  assertThrows(
    () => read(names),
    UsageError,
    "Cannot load 101 patterns and chains: want at most 100",
  );
});

Deno.test("readRequest() asks for two years of crypto and five of all else", () => {
  const symbols = ["TSLA", "BTC-USD", "EURUSD=X", "^GSPC", "O:SPY251219C00650000"];
  assertEquals(read(symbols).map(({ period }) => period.name), ["5y", "2y", "5y", "5y", "5y"]);
  assertEquals(read(symbols, { period: "1mo" }).map(({ period }) => period.name), [
    ...symbols.map(() => "1mo"),
  ]);
});

Deno.test("readRequest() asks for a month of minutes, of indices for five days", () => {
  const symbols = ["TSLA", "BTC-USD", "EURUSD=X", "^GSPC", "O:SPY251219C00650000"];
  for (const interval of ["1m", "5m", "1h"]) {
    const periods = read(symbols, { interval }).map(({ period }) => period.name);
    assertEquals(periods, ["1mo", "1mo", "1mo", "5d", "1mo"]);
  }
  for (const interval of ["1wk", "1mo"]) {
    const periods = read(symbols, { interval }).map(({ period }) => period.name);
    assertEquals(periods, ["5y", "2y", "5y", "5y", "5y"]);
  }
});

Deno.test("readRequest() finds the minute files of an interval of minutes or hours", () => {
  const [request] = read(["EURUSD=X"], { interval: "60m" });
  assertEquals(request?.interval, "1h");
  assertEquals(request?.dataset.name, "global_forex/minute_aggs_v1");
});

Deno.test("readRequest() takes regular hours where there are some", () => {
  const options = { interval: "5m", hours: "regular" };
  const symbols = ["TSLA", "^GSPC", "O:SPY251219C00650000"];
  assertEquals(read(symbols, options).map(({ hours }) => hours), symbols.map(() => "regular"));
  const message = "Cannot use regular hours for BTC-USD: crypto has none, it is traded around";
  assertThrows(() => read(["TSLA", "BTC-USD"], options), UsageError, message);
  for (const interval of [undefined, "1d", "1wk", "1mo"]) {
    const want = "its bars are of whole days, want one from 1m to 1h";
    assertThrows(() => read(["TSLA"], { interval, hours: "regular" }), UsageError, want);
  }
});

Deno.test("readRequest() reads every symbol as the asset that is given", () => {
  const requests = read(["SPX", "^VIX"], { asset: "index" });
  assertEquals(requests.map(({ tickers }) => tickers[0]), ["I:SPX", "I:VIX"]);
  assertEquals(requests.map(({ dataset }) => dataset.name), [
    "us_indices/day_aggs_v1",
    "us_indices/day_aggs_v1",
  ]);
  assertThrows(() => read(["SPX", "EURUSD=X"], { asset: "index" }), UsageError, "as index");
});

Deno.test("readRequest() begins max at the first date of each dataset", () => {
  assertEquals(read(["TSLA", "^GSPC"], { period: "max" }).map(({ period }) => period.from), [
    "2003-09-10",
    "2023-02-14",
  ]);
});

Deno.test("readRequest() keeps the order of the symbols", () => {
  assertEquals(tickersOf("TSLA", "BTC-USD", "AAPL"), ["TSLA", "X:BTC-USD", "AAPL"]);
});

Deno.test("readRequest() counts a symbol once, in whatever spelling", () => {
  assertEquals(tickersOf("TSLA", " TSLA", "TSLA"), ["TSLA"]);
  assertEquals(tickersOf("BRK-B", "BRK.B"), ["BRK.B"]);
  assertEquals(tickersOf("BTC-USD", "X:BTCUSD", "btc-usd", "X:BTC-USD"), ["X:BTC-USD"]);
  assertEquals(tickersOf("EURUSD=X", "C:EUR-USD", "eurusd=x"), ["C:EUR-USD"]);
  assertEquals(tickersOf("^GSPC", "I:SPX", "^SPX"), ["I:SPX"]);
  assertEquals(read(["BRK.B", "BRK-B"]).map(({ symbol }) => symbol), ["BRK.B"]);
});

Deno.test("readRequest() counts stocks that differ in case for themselves", () => {
  assertEquals(tickersOf("TpC", "TPC"), ["TpC", "TPC"]);
});

Deno.test("readRequest() takes all that it can read, or nothing", () => {
  assertThrows(() => read(["TSLA", "T/L"]), UsageError, 'Cannot read symbol "T/L"');
  assertThrows(() => read(["TSLA"], { interval: "2h" }), UsageError, "Cannot read interval");
  assertThrows(() => read(["TSLA"], { hours: "night" }), UsageError, "Cannot read hours");
  assertThrows(() => read(["TSLA"], { asset: "bond" }), UsageError, "Cannot read asset");
  assertThrows(() => read(["TSLA"], { period: "5x" }), UsageError, "Cannot read period");
  assertThrows(() => read(["TSLA"], { to: "2025" }), UsageError, "Cannot read date");
  assertThrows(() => read([]), UsageError, "Cannot preload: no symbol is given");
});
