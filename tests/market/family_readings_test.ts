/** What a family that no ticker matches may have been meant for. */

import { assertEquals } from "@std/assert";
import { familyReadings, nearestFamilies } from "../../lib/market/family_readings.ts";

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
