import { assertEquals } from "@std/assert";
import type { Asset } from "../../lib/market/dataset.ts";
import { familyReadings, nearestFamilies, readingsOf } from "../../lib/market/readings.ts";
import { parseSymbol, symbolOf } from "../../lib/market/symbol.ts";

/** The symbols of the whole and of what is akin, as they would be typed. */
function readings(symbol: string, asset?: Asset): [whole: string, akin: string] {
  const parsed = parseSymbol(symbol, { asset });
  const { whole, akin } = readingsOf(parsed.symbol, parsed.asset);
  const names = (all: typeof whole) => all.map((one) => one.symbol).join(" ");
  return [names(whole), names(akin)];
}

Deno.test("readingsOf() reads a symbol as what it may be besides", () => {
  assertEquals(readings("SPX"), ["^SPX", "SPX-USD"]);
  assertEquals(readings("^TSLA"), ["TSLA", "TSLA-USD"]);
  assertEquals(readings("EUR-USD"), ["EURUSD=X", "USDEUR=X"]);
  assertEquals(readings("EURUSD"), ["^EURUSD EURUSD=X EUR-USD", "USDEUR=X"]);
  assertEquals(readings("BTC-USD", "stock"), ["BTCUSD=X BTC-USD", "USDBTC=X"]);
  assertEquals(readings("ETHUSD=X"), ["^ETHUSD ETH-USD ETHUSD", "USDETH=X"]);
  assertEquals(readings("EUR"), ["^EUR", "EURUSD=X USDEUR=X EUR-USD"]);
  assertEquals(readings("JPYUSD=X"), ["^JPYUSD JPY-USD JPYUSD", "USDJPY=X"]);
  assertEquals(readings("TSLA.OQ"), ["TSLA", ""]);
  assertEquals(readings("BRK-X"), ["", ""]);
  const option = "SPY251219C00650000";
  assertEquals(readings(`^${option}`), [`O:${option}`, ""]);
});

Deno.test("readingsOf() reads the suffixes of stocks as exchanges and brokers write them", () => {
  const suffixes = {
    "BACpB": ["BAC.PRB", "BAC-PRB", "BAC.PR.B", "BAC-PR-B", "BAC.PB", "bac-p-b"],
    "BACp": ["BAC.PR"],
    "AAC.WS": ["AAC.WT"],
    "AAC.WS.A": ["AAC.WT.A", "AAC.WTA", "AAC-WT-A"],
    "AAC.U": ["AAC.UN"],
    "AACr": ["AAC.RT"],
    "AACw": ["AAC.WI"],
  };
  for (const [ticker, written] of Object.entries(suffixes)) {
    for (const symbol of written) {
      assertEquals(readings(symbol)[0].split(" ").at(-1), ticker, symbol);
    }
  }
  for (const symbol of ["BRK-X", "BRK.B", "AAC.U", "AAC.WS"]) {
    assertEquals(readings(symbol)[0], "", symbol);
  }
});

Deno.test("readingsOf() gives symbols that stand for their tickers, and none of the same kind", () => {
  const typed = ["SPX", "GSPC", "IXIC", "btcusd", "EUR.USD", "BTCUSDT", "VIX.X", "JPY", "^BTC"];
  for (const symbol of [...typed, "I:TSLA", ".SPY", "ETHBTC", "XAUUSD", "DOGE-USD", "ABC-DEF"]) {
    const { asset } = parseSymbol(symbol);
    const { whole, akin } = readingsOf(symbol, asset);
    for (const reading of [...whole, ...akin]) {
      const again = parseSymbol(reading.symbol);
      assertEquals([again.asset, again.tickers[0]], [reading.asset, reading.ticker], symbol);
    }
    assertEquals(whole.some((reading) => reading.asset === asset), false, symbol);
  }
});

Deno.test("symbolOf() spells a ticker as yfinance does, where that stands for it", () => {
  const symbols: readonly (readonly [ticker: string, asset: Asset, symbol: string])[] = [
    ["TSLA", "stock", "TSLA"],
    ["BACpB", "stock", "BACpB"],
    ["BRK.B", "stock", "BRK.B"],
    ["X:BTC-USD", "crypto", "BTC-USD"],
    ["X:BTC-DAI", "crypto", "X:BTC-DAI"],
    ["C:EUR-USD", "forex", "EURUSD=X"],
    ["I:SPX", "index", "^SPX"],
    ["I:INX", "index", "I:INX"],
    ["O:SPY251219C00650000", "option", "O:SPY251219C00650000"],
  ];
  for (const [ticker, asset, symbol] of symbols) assertEquals(symbolOf(ticker, asset), symbol);
});

/** What a family that no ticker matches may have been meant for. */

Deno.test("familyReadings() reads a pattern as one of each other kind of things that it can be", () => {
  const of = (symbol: string, asset: Parameters<typeof familyReadings>[1]) =>
    familyReadings(symbol, asset).map(({ name }) => name);
  assertEquals(of("BTC-*", "stock"), ["I:BTC-*", "C:BTC-*", "X:BTC-*", "O:BTC-*"]);
  assertEquals(of("X:AAPL*", "crypto"), ["I:AAPL*", "C:AAPL*", "O:AAPL*", "AAPL*"]);
  assertEquals(of("^SP*", "index"), ["C:SP*", "X:SP*", "O:SP*", "SP*"]);
  assertEquals(of("EUR*=X", "forex").includes("X:EUR*"), true);
  assertEquals(of("SPY25*", "option").includes("SPY25*"), false);
  assertEquals(of("O:SPY:2025-12-01..2025-12-31", "option"), []);
});

Deno.test("nearestFamilies() mends the name and leaves the rest, where a ticker matches then", () => {
  const contracts = ["O:SPY251219C00650000", "O:TSLA251219P00300000", "O:SPX251219C05000000"];
  assertEquals(nearestFamilies("O:TLSA*", contracts), ["O:TSLA*"]);
  assertEquals(nearestFamilies("O:TLSA2512*P*", contracts), ["O:TSLA2512*P*"]);
  assertEquals(nearestFamilies("O:TLSA2512*C*", contracts), []);
  assertEquals(nearestFamilies("O:TLSA:*", contracts), ["O:TSLA:*"]);
  assertEquals(nearestFamilies("O:TLSA:P:300", contracts), ["O:TSLA:P:300"]);
  // The name is right: what is not there has another reason.
  assertEquals(nearestFamilies("O:SPX:P", contracts), []);
  assertEquals(nearestFamilies("X:BTX-*", ["X:BTC-USD", "X:ETH-USD"]), ["X:BTC-*"]);
  assertEquals(nearestFamilies("TLSA*", ["TSLA", "AAPL"]), ["TSLA*"]);
  assertEquals(nearestFamilies("BRKK.*", ["BRK.B", "AAPL"]), ["BRK.*"]);
  assertEquals(nearestFamilies("*LSA", ["TSLA"]), []);
  assertEquals(nearestFamilies("QQQQQ*", ["TSLA"]), []);
});
