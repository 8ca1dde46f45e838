import { assertEquals } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import type { Bar } from "../../lib/market/bar.ts";
import { findSplitLikeJumps } from "./split_like_jumps.ts";
import { fatTailed, normal } from "../market/random_walk.ts";

function day(date: string, open: number, close: number): Bar {
  const [high, low] = [Math.max(open, close), Math.min(open, close)];
  return { date, timestamp: Date.parse(date), open, high, low, close, volume: 1, transactions: 1 };
}

const jumpsOf = (...bars: Bar[]) =>
  [...findSplitLikeJumps(bars)].map(({ date, fraction }) => `${date} ${fraction}`);

/**
 * The close before, the open and the close of the day as they were traded; the open of the day
 * before is invented.
 */
const TRUE_CASES = {
  "AAPL 4:1": [day("2020-08-28", 500, 499.23), day("2020-08-31", 127.58, 129.04)],
  "TSLA 3:1": [day("2022-08-24", 900, 891.29), day("2022-08-25", 302.36, 296.07)],
  "NVDA 10:1": [day("2024-06-07", 1200, 1208.88), day("2024-06-10", 120.37, 121.79)],
} as const;

for (const [name, [before, on]] of Object.entries(TRUE_CASES)) {
  Deno.test(`jumpBetween() finds ${name} on ${on.date}`, () => {
    const after = day("2029-01-02", on.close, on.close);
    assertEquals([...findSplitLikeJumps([before, on, after])], [{
      date: on.date,
      ratio: on.open / before.close,
      fraction: name.split(" ")[1]!,
    }]);
  });
}

Deno.test("jumpBetween() finds each fraction, on the last bar too", () => {
  const rows: [number, string][] = [
    [1 / 2, "2:1"],
    [2 / 3, "3:2"],
    [2 / 5, "5:2"],
    [1 / 9, "9:1"],
    [1 / 20, "20:1"],
    [1 / 100, "100:1"],
    [3 / 2, "2:3"],
    [2, "1:2"],
    [8, "1:8"],
    [10, "1:10"],
    [25, "1:25"],
    [200, "1:200"],
  ];
  for (const [ratio, fraction] of rows) {
    for (const drift of [0.97, 1, 1.03]) {
      const level = 40 * ratio;
      const bars = [day("2024-01-02", 41, 40), day("2024-01-03", level * drift, level / drift)];
      assertEquals(jumpsOf(...bars), [`2024-01-03 ${fraction}`]);
    }
  }
});

Deno.test("jumpBetween() wants open and close near the new level", () => {
  const before = day("2024-01-02", 100, 100);
  const rows: [number, number][] = [
    [50, 100], // back within the day
    [100, 50], // fallen within the day
    [50, 54],
    [46, 50],
    [43, 43], // between 2:1 and 5:2
    [76, 75], // 4:3 may be bad news
    [100, 101],
  ];
  for (const [open, close] of rows) {
    assertEquals(jumpsOf(before, day("2024-01-03", open, close)), [], `${open} ${close}`);
  }
});

Deno.test("jumpBetween() looks at the nights alone where a date has many bars", () => {
  const dates = ["2024-01-02", "2024-01-02", "2024-01-03", "2024-01-03", "2024-01-04"];
  const bars = (prices: number[]) => prices.map((price, i) => day(dates[i]!, price, price));
  assertEquals(jumpsOf(...bars([100, 100, 25, 25, 25])), ["2024-01-03 4:1"]);
  assertEquals(jumpsOf(...bars([100, 25, 25, 25, 25])), []);
  assertEquals(jumpsOf(...bars([100, 100, 25, 100, 100])), []);
});

Deno.test("jumpBetween() takes a price of zero for no split", () => {
  assertEquals(jumpsOf(day("2024-01-02", 1, 0), day("2024-01-03", 1, 1)), []);
  assertEquals(jumpsOf(day("2024-01-02", 1, 1), day("2024-01-03", 0, 0)), []);
  assertEquals(jumpsOf(), []);
});

Deno.test("jumpBetween() finds nothing in 40 generated stocks × 5 years", () => {
  const files = generateStockDays({ tickers: 40, from: "2020-11-02", to: "2025-10-31" });
  const found = files.tickers.flatMap((ticker) => [...findSplitLikeJumps(files.truth(ticker))]);
  assertEquals([files.tickers.length, found], [40, []]);
});

/** Ten years of 252 days whose price moves by `swing`, half of its variance overnight. */
function* walk(swing: number, next: () => number): Generator<Bar> {
  const move = () => Math.exp(swing * Math.SQRT1_2 * next());
  let close = 100;
  for (let n = 0; n < 2_520; n++) {
    const open = close * move();
    close = open * move();
    const date = new Date(n * 86_400_000).toISOString().slice(0, 10);
    yield day(date, open, close);
  }
}

/** Alarms in a thousand years. */
function alarms(swing: number, distribution: (seed: number) => () => number): number {
  const walks = Array.from({ length: 100 }, (_, seed) => walk(swing, distribution(seed)));
  return walks.reduce((sum, bars) => sum + [...findSplitLikeJumps(bars)].length, 0);
}

Deno.test("jumpBetween() gives no false alarm on random walks of 2 %, 4 %, 6 % a day", () => {
  assertEquals([0.02, 0.04, 0.06].map((swing) => alarms(swing, normal)), [0, 0, 0]);
});

Deno.test("jumpBetween() gives 2, 26, 55 false alarms on 1,000 years of fat tails", () => {
  assertEquals([0.02, 0.04, 0.06].map((swing) => alarms(swing, fatTailed)), [2, 26, 55]);
});
