import { assertEquals } from "@std/assert";
import { priceDecimals } from "../../lib/market/price_decimals.ts";

Deno.test("priceDecimals() shows what tells the prices apart", () => {
  assertEquals(priceDecimals([147.09, 149.64, 147.0]), 2);
  assertEquals(priceDecimals([1.03526, 1.0354, 1.03612]), 5);
  assertEquals(priceDecimals([93370.8, 93408.63]), 2);
  assertEquals(priceDecimals([5.2e-7, 5.31e-7, 5.25e-7]), 9);
  assertEquals(priceDecimals([96.767, 99.2175, 100.4065]), 3);
});

Deno.test("priceDecimals() lets some prices have more digits", () => {
  assertEquals(priceDecimals([217.25, 217.2538, 213.76]), 2);
});

Deno.test("priceDecimals() of whole prices, of zero and of nothing is 2", () => {
  assertEquals([[3, 4], [0], []].map(priceDecimals), [2, 2, 2]);
});
