import { assertAlmostEquals, assertEquals } from "@std/assert";
import { adjustPrices } from "../../lib/adjust/adjusted_prices.ts";
import { Nights } from "../../lib/adjust/overnight.ts";
import { type Look, lookAt, paid, told } from "./price_samples.ts";

/** The factor of each date that counts. */
const factorsOf = (prices: Parameters<typeof lookAt>[0], look: Look) =>
  Object.fromEntries(lookAt(prices, look).dividends.map(({ exDate, factor }) => [exDate, factor]));

Deno.test("a dividend's factor is 1 − amount ÷ the last close before its ex-date", () => {
  const prices = [40, [40, 50], [60, 44], 45] as const;
  const dividends = [paid("2024-03-08", 1)];
  assertEquals(factorsOf(prices, { dividends }), { "2024-03-08": 1 - 1 / 50 });
  // From a Sunday on, and where the days before have no bar.
  assertEquals(factorsOf(prices, { dividends: [paid("2024-03-10", 1)] }), {
    "2024-03-10": 1 - 1 / 44,
  });
});

Deno.test("a dividend at or before the first bar changes nothing", () => {
  const dividends = [paid("2024-03-01", 1), paid("2024-03-06", 1)];
  const { dividends: applied, findings } = lookAt([40, 40], { dividends });
  assertEquals([applied, findings], [[], []]);
});

Deno.test("an amount is of the shares of its ex-date, with a split on it, before and after", () => {
  const dividends = [paid("2024-03-08", 1)];
  const factor = { "2024-03-08": 1 - 1 / 30 };
  const rows: [Parameters<typeof lookAt>[0], string][] = [
    [[90, 90, 30, 30], "2024-03-08 3:1"],
    [[90, 30, 30, 30], "2024-03-07 3:1"],
    [[30, 30, 30, 10], "2024-03-11 3:1"],
  ];
  for (const [prices, split] of rows) {
    assertEquals(factorsOf(prices, { splits: [split], dividends }), factor, split);
  }
  // The last close is two trading days, and a split, before the ex-date.
  const halted = factorsOf([90, null, null, 30], {
    splits: ["2024-03-08 3:1"],
    dividends: [paid("2024-03-11", 1)],
  });
  assertEquals(halted, { "2024-03-11": 1 - 1 / 30 });
});

Deno.test("an amount for a share of today, as in yfinance, gives the same factor", () => {
  const ofToday = (amount: number) => [paid("2024-03-08", amount, { isForToday: true })];
  const later = { splits: ["2024-03-11 3:1", "2024-03-20 2:1"] };
  assertEquals(factorsOf([30, 30, 30, 10], { ...later, dividends: ofToday(1 / 6) }), {
    "2024-03-08": 1 - 1 / 30,
  });
  const sameDay = { splits: ["2024-03-08 3:1"] };
  assertEquals(factorsOf([90, 90, 30, 30], { ...sameDay, dividends: ofToday(1) }), {
    "2024-03-08": 1 - 1 / 30,
  });
});

Deno.test("dividends of one date count together, and are told", () => {
  const dividends = [paid("2024-03-08", 1), paid("2024-03-08", 4, { type: "special" })];
  const adjustment = lookAt([50, 50, 45], { dividends });
  assertEquals(adjustment.dividends, [
    { exDate: "2024-03-08", factor: 0.9, amount: 5, close: 50, types: ["recurring", "special"] },
  ]);
  assertEquals(told(adjustment), [
    "dividend-special 2024-03-08: a special dividend of 4 USD is applied",
    "dividends-of-one-date 2024-03-08: 2 dividends of one date are applied: 1 and 4 USD, factor 0.9",
  ]);
});

Deno.test("a dividend in another currency is not applied but told, whatever else the date has", () => {
  const dividends = [paid("2024-03-07", 1, { currency: "CAD" }), paid("2024-03-08", 1), {
    ...paid("2024-03-08", 2),
    currency: "EUR",
  }];
  const adjustment = lookAt([50, 50, 50], { dividends });
  assertEquals(adjustment.dividends.map(({ exDate, factor }) => [exDate, factor]), [[
    "2024-03-08",
    0.98,
  ]]);
  assertEquals(told(adjustment), [
    "dividend-not-applied 2024-03-07: the dividend of 1 CAD is not applied: prices are in USD",
    "dividend-not-applied 2024-03-08: the dividend of 2 EUR is not applied: prices are in USD",
  ]);
});

Deno.test("a dividend that is not below the close is not applied but told, alone or with others", () => {
  for (const amounts of [[50], [120], [30, 20]]) {
    const dividends = amounts.map((amount) => paid("2024-03-08", amount));
    const adjustment = lookAt([50, 50, 50], { dividends });
    const sum = amounts.reduce((a, b) => a + b);
    assertEquals(adjustment.dividends, []);
    assertEquals(told(adjustment), [
      `dividend-not-applied 2024-03-08: the dividend of ${sum} USD is not applied: it is not below ` +
      "the last close, 50",
    ]);
  }
});

Deno.test("a dividend that with the later ones leaves nothing of a price is not applied but told", () => {
  const almostAll = 1 - 2 ** -53;
  const days = ["07", "08", "09", "10", "11", "12", "13"].map((day) => `2024-03-${day}`);
  const dividends = days.map((date) => paid(date, almostAll));
  const adjustment = lookAt([1, 1, 1, 1, 1, 1], { dividends });
  assertEquals(adjustment.dividends.map(({ exDate }) => exDate), days.slice(1));
  assertEquals(told(adjustment).filter((text) => text.startsWith("dividend-not-applied")), [
    "dividend-not-applied 2024-03-07: the dividend of 1 USD is not applied: with those after it " +
    "nothing is left of the price",
  ]);
});

Deno.test("dividends after the dates that were asked for are not applied, and told once", () => {
  const dividends = ["2024-03-08", "2024-03-12", "2024-03-13"].map((date) => paid(date, 1));
  const adjustment = lookAt([50, 50, 50, 50], { dividends, until: "2024-03-11" });
  assertEquals(adjustment.dividends.map(({ exDate }) => exDate), ["2024-03-08"]);
  assertEquals(told(adjustment), [
    "dividend-not-applied 2024-03-12 2024-03-13: 2 dividends after 2024-03-11 are not applied: the " +
    "bars asked for end there",
  ]);
  // Up to that date the last bar may well be before.
  const { dividends: applied } = lookAt([50, 50], { dividends, until: "2024-03-12" });
  assertEquals(applied.map(({ exDate }) => exDate), ["2024-03-08", "2024-03-12"]);
});

Deno.test("a factor that is made of an older close is told when files in between are not at hand", () => {
  const adjustment = lookAt([50, null, 40, 40], { dividends: [paid("2024-03-08", 1)] });
  assertEquals(told(adjustment), [
    "dividend-close-missing 2024-03-08: the dividend of 1 USD is applied by the close of " +
    "2024-03-06: the file in between is not at hand",
  ]);
});

Deno.test("a dividend by an older close is told where the bucket never had the day, not after a holiday", () => {
  const around = (before: string, exDate: string) => {
    const days = [before, exDate].map((date) => ({ date, open: 50, close: 50 }));
    return told(adjustPrices({
      nights: new Nights(days),
      closeOf: () => 50,
      isMissing: (date) => !days.some((day) => day.date === date),
      until: exDate,
      actions: { splits: [], dividends: [paid(exDate, 1)] },
    })).length;
  };
  const rows: [before: string, exDate: string, told: number][] = [
    ["2022-11-23", "2022-11-25", 0], // Thanksgiving
    ["2022-11-23", "2022-11-28", 1],
    ["2021-02-12", "2021-02-16", 0], // Washington's Birthday
    ["2024-03-28", "2024-04-01", 0], // Good Friday
    ["2012-10-26", "2012-10-31", 0], // a hurricane
    ["2021-06-17", "2021-06-21", 1], // Juneteenth was not kept before 2022
  ];
  for (const [before, exDate, want] of rows) assertEquals(around(before, exDate), want, exDate);
});

Deno.test("the vendor's cumulative factors are taken apart, and differences over 0.1 % told", () => {
  const of = (vendorFactor: number) => ({ vendorFactor });
  const right = [paid("2024-03-07", 1, of(0.98 * 0.99)), paid("2024-03-08", 0.5, of(0.99))];
  const prices = [50, 50, 50] as const;
  const adjustment = lookAt(prices, { dividends: right });
  assertEquals(told(adjustment), []);
  assertAlmostEquals(adjustment.dividends[0]!.vendorFactor!, 0.98, 1e-12);
  // A wrong one is told by itself: those before it are compared without it.
  const wrong = [paid("2024-03-07", 1, of(0.98 * 0.97)), paid("2024-03-08", 0.5, of(0.97))];
  assertEquals(told(lookAt(prices, { dividends: wrong })), [
    "dividend-factor-differs 2024-03-08: the factor of a dividend differs from the vendor's by more " +
    "than 0.1 %, at most on 2024-03-08: 0.99, the vendor's 0.97",
  ]);
  const near = [paid("2024-03-08", 0.5, of(0.9905))];
  assertEquals(told(lookAt(prices, { dividends: near })), []);
  // A later dividend without a factor makes the one before it incomparable.
  const gap = [paid("2024-03-07", 1, of(0.5)), paid("2024-03-08", 0.5)];
  assertEquals(told(lookAt(prices, { dividends: gap })), []);
  // One that is not loaded counts in the vendor's.
  const later = [paid("2024-03-08", 0.5, of(0.99 * 0.9)), paid("2024-03-13", 1, of(0.9))];
  const [first] = lookAt(prices, { dividends: later, until: "2024-03-08" }).dividends;
  assertAlmostEquals(first!.vendorFactor!, 0.99, 1e-12);
});

Deno.test("AAPL's dividend of 2014-05-08 is the same from the vendor's amount and from Yahoo's", () => {
  // 3.29 a share before the 7:1 split of 2014-06-09, 0.47 in shares after it; closes as traded.
  const prices = [600, 592.33, 588] as const;
  const splits = ["2024-03-20 7:1"];
  const raw = factorsOf(prices, { splits, dividends: [paid("2024-03-08", 3.29)] });
  const yahoo = factorsOf(prices, {
    splits,
    dividends: [paid("2024-03-08", 0.47, { isForToday: true })],
  });
  assertAlmostEquals(raw["2024-03-08"]!, 1 - 3.29 / 592.33, 1e-15);
  assertAlmostEquals(yahoo["2024-03-08"]!, raw["2024-03-08"]!, 1e-12);
});
