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
    dataset: { name: "us_stocks_sip/day_aggs_v1", firstDate: "2003-09-10" },
    period: { name: "5y", from: "2020-11-02", to: "2025-11-01" },
    interval: "1d",
  }]);
});

Deno.test("readRequest() asks for two years of crypto and five of all else", () => {
  const symbols = ["TSLA", "BTC-USD", "EURUSD=X", "^GSPC", "O:SPY251219C00650000"];
  assertEquals(read(symbols).map(({ period }) => period.name), ["5y", "2y", "5y", "5y", "5y"]);
  assertEquals(read(symbols, { period: "1mo" }).map(({ period }) => period.name), [
    ...symbols.map(() => "1mo"),
  ]);
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
  assertThrows(() => read(["TSLA"], { interval: "1h" }), UsageError, "not available yet");
  assertThrows(() => read(["TSLA"], { period: "5x" }), UsageError, "Cannot read period");
  assertThrows(() => read(["TSLA"], { to: "2025" }), UsageError, "Cannot read date");
  assertThrows(() => read([]), UsageError, "Cannot preload: no symbol is given");
});
