import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { levenshteinDistance } from "../../lib/deps/std_text.ts";
import { nearestTickers } from "../../lib/market/readings.ts";

const TICKERS = ["A", "AAPL", "AMD", "GOOG", "GOOGL", "META", "MSFT", "NVDA", "TSLA", "TSLL"];

Deno.test("nearestTickers() finds swapped, missing, additional and wrong letters", () => {
  const rows = [["TLSA", "TSLA"], ["TSL", "TSLA"], ["TTSLA", "TSLA"], ["MSFR", "MSFT"]];
  for (const [typed, meant] of rows) {
    assertEquals(nearestTickers(typed!, TICKERS)[0], meant, typed);
  }
});

Deno.test("nearestTickers() puts swapped letters before a wrong one, and the nearer first", () => {
  assertEquals(nearestTickers("TLSA", ["TISA", "TLS", "TSLA"]), ["TSLA", "TISA", "TLS"]);
  assertEquals(nearestTickers("GOOGLE", TICKERS), ["GOOGL", "GOOG"]);
});

Deno.test("nearestTickers() orders equally near ones by name, whatever their order was", () => {
  const tickers = ["TSLD", "TSLB", "TSLC"];
  assertEquals(nearestTickers("TSLA", tickers), ["TSLB", "TSLC", "TSLD"]);
  assertEquals(nearestTickers("TSLA", tickers.toReversed()), ["TSLB", "TSLC", "TSLD"]);
  assertEquals(nearestTickers("TSLA", ["ASLA", "TSLZ", "BSLA"]), ["TSLZ", "ASLA", "BSLA"]);
});

Deno.test("nearestTickers() gives at most as many as were asked for, and no guess", () => {
  assertEquals(nearestTickers("TSLA", TICKERS, 1), ["TSLA"]);
  assertEquals(nearestTickers("TSLA", TICKERS, 0), []);
  assertEquals(nearestTickers("QQQQQQ", TICKERS), []);
  assertEquals(nearestTickers("TSLA", []), []);
  assertEquals(nearestTickers("ZZZZ", ["AZUZ", "ZZ", "ZUZU", "AZZA"]), []);
  assertEquals(nearestTickers("ZQ", ["A", "ZZ", "QQ", "Z", "QZ"]), ["QZ"]);
  assertEquals(nearestTickers("Q", ["A", "AQ", "B"]), []);
});

Deno.test("nearestTickers() compares pairs by their bases, and only with pairs of their kind", () => {
  const pairs = ["X:BTX-USD", "X:ETH-USD", "X:SOL-USD", "X:BTC-EUR", "C:BTC-USD", "BTC"];
  assertEquals(nearestTickers("X:BTC-USD", pairs), ["X:BTX-USD"]);
  assertEquals(nearestTickers("C:EUR-USD", ["C:GBP-USD", "C:EUR-USX", "X:EUR-USD"]), ["C:EUR-USX"]);
  assertEquals(nearestTickers("I:SPC", ["I:SPX", "I:NDX", "SPY"]), ["I:SPX"]);
});

Deno.test("nearestTickers() leaves out none that is as near as edits alone allow", () => {
  const word = fc.string({ unit: fc.constantFrom(..."ABCDEab1."), minLength: 2, maxLength: 6 });
  fc.assert(fc.property(word, fc.uniqueArray(word), (ticker, tickers) => {
    const furthest = ticker.length < 3 ? 0 : Math.max(1, Math.floor(ticker.length / 3));
    const near = tickers.filter((other) => levenshteinDistance(ticker, other) <= furthest);
    const found = nearestTickers(ticker, tickers, tickers.length);
    assertEquals(near.filter((other) => !found.includes(other)), []);
  }));
});
