import { assertEquals } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { STOCK_SPLITS } from "../../fixtures/stock_splits.ts";
import { adjustPrices } from "../../lib/adjust/adjusted_prices.ts";
import { Nights } from "../../lib/adjust/overnight.ts";
import { parseSplits } from "../../lib/adjust/split_text.ts";
import { daysOfBars } from "../../lib/market/day.ts";
import { fatTailed, normal } from "../market/random_walk.ts";
import { DATES, type Look, lookAt, paid, told } from "./price_samples.ts";

type Prices = Parameters<typeof lookAt>[0];

/** What is told of prices and the splits that are applied to them. */
const CASES: readonly (readonly [what: string, prices: Prices, look: Look, told: string[]])[] = [
  ["a right split", [150, 150, 50, 50], { splits: ["2024-03-08 3:1"] }, []],
  ["a right split over a weekend", [150, 150, 150, 50], { splits: ["2024-03-11 3:1"] }, []],
  ["a right split of a Sunday", [150, 150, 150, 50], { splits: ["2024-03-10 3:1"] }, []],
  [
    "a right reverse split on a wild day",
    [1, 1, [8.8, 8.7], 9],
    { splits: ["2024-03-08 1:10"] },
    [],
  ],
  ["a right split that the market moves by a fifth within the day", [100, 100, [50, 40]], {
    splits: ["2024-03-08 2:1"],
  }, []],
  ["a jump without any adjustment", [150, 150, 50], { isRaw: true }, [
    "split-like-jump 2024-03-08: the price jumps as at a split of 3:1",
  ]],
  ["a missing split", [150, 150, 50], {}, [
    "split-like-jump 2024-03-08: the price jumps as at a split of 3:1, which no split explains",
  ]],
  ["inverse splits of one date", [15, 15, 225, 225], {
    splits: ["2024-03-08 15:1", "2024-03-08 1:15"],
  }, [
    "splits-of-one-date 2024-03-08: 2 splits of one date are applied: 15:1 and 1:15, which " +
    "cancel each other",
    "split-like-jump 2024-03-08: the price jumps as at a split of 1:15, which no split explains",
  ]],
  ["inverse splits of one date without a jump", [15, 15, 15, 15], {
    splits: ["2024-03-08 15:1", "2024-03-08 1:15"],
  }, [
    "splits-of-one-date 2024-03-08: 2 splits of one date are applied: 15:1 and 1:15, which " +
    "cancel each other",
  ]],
  ["one split in two rows", [90, 90, 30, 30], { splits: ["2024-03-08 3:1", "2024-03-08 6:2"] }, [
    "splits-of-one-date 2024-03-08: 2 splits of one date are applied: 3:1 and 6:2",
    "split-without-jump 2024-03-08: the splits 3:1 and 6:2 are applied, but the price goes from " +
    "90 to 30",
  ]],
  ["one split on a Saturday and the Monday after", [90, 90, 90, 30], {
    splits: ["2024-03-09 3:1", "2024-03-11 3:1"],
  }, [
    "split-without-jump 2024-03-09 2024-03-11: the splits 3:1 and 3:1 are applied, but the price " +
    "goes from 90 to 30",
  ]],
  ["two true splits of one date", [60, 60, 10, 10], {
    splits: ["2024-03-08 2:1", "2024-03-08 3:1"],
  }, ["splits-of-one-date 2024-03-08: 2 splits of one date are applied: 2:1 and 3:1"]],
  ["a split a day early", [100, 100, 100, 50], { splits: ["2024-03-08 2:1"] }, [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to " +
    "100, and jumps so on 2024-03-11",
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
  ]],
  ["a split a day late", [100, 50, 50, 50], { splits: ["2024-03-08 2:1"] }, [
    "split-like-jump 2024-03-07: the price jumps as at a split of 2:1, which no split explains",
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 50 to 50, " +
    "and jumps so on 2024-03-07",
  ]],
  ["a split the wrong way round", [100, 100, 50, 50], { splits: ["2024-03-08 1:2"] }, [
    "split-without-jump 2024-03-08: the split 1:2 is applied, but the price goes from 100 to 50, " +
    "as at a split of 2:1",
  ]],
  ["a split of another ratio", [100, 100, 20, 20], { splits: ["2024-03-08 4:1"] }, [
    "split-without-jump 2024-03-08: the split 4:1 is applied, but the price goes from 100 to 20",
  ]],
  ["a split that never was", [100, 101, 99, 100], { splits: ["2024-03-08 7:1"] }, [
    "split-without-jump 2024-03-08: the split 7:1 is applied, but the price goes from 101 to 99",
  ]],
  ["a split too small to be told from the market", [100, 100, 100, 100], {
    splits: ["2024-03-08 21:20"],
  }, []],
  ["a split after the last bar", [100, 100, 100], { splits: ["2024-03-20 2:1"] }, []],
  ["two splits of one date after the last bar", [100, 100], {
    splits: ["2024-03-20 2:1", "2024-03-20 1:2"],
  }, [
    "splits-of-one-date 2024-03-20: 2 splits of one date are applied: 2:1 and 1:2, which cancel " +
    "each other",
  ]],
  ["splits before and at the first bar", [100, 100, 100], {
    splits: ["2024-03-05 2:1", "2024-03-06 2:1"],
  }, []],
  ["a split beside a file that is not at hand", [100, null, 100, 50], {
    splits: ["2024-03-08 2:1"],
  }, [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
  ]],
  ["a split on the date of a file that is not at hand", [100, 100, null, 100], {
    splits: ["2024-03-08 2:1"],
  }, [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
  ]],
  ["a right split in a halt", [100, null, null, 52, 50], { splits: ["2024-03-08 2:1"] }, []],
  ["a right split at the end of a halt", [100, null, null, 48, 50], {
    splits: ["2024-03-11 2:1"],
  }, []],
  ["a split the wrong way round after a halt", [110, null, 53.7, 55], {
    splits: ["2024-03-08 1:2"],
  }, [
    "split-without-jump 2024-03-08: the split 1:2 is applied, but the price goes from 110 to 53.7",
  ]],
  ["a missing reverse split of a rare ratio", [1.5679, 1.57, [53.1, 53.4], 53], {}, [
    "split-like-jump 2024-03-08: the price goes from 1.57 to 53.1 overnight, which no split " +
    "explains",
  ]],
  ["a missing split of a rare ratio", [5400, 5390, [17.5, 18.2], 18], {}, [
    "split-like-jump 2024-03-08: the price goes from 5390 to 17.5 overnight, which no split " +
    "explains",
  ]],
  ["a right reverse split of a rare ratio", [1.5, 1.5, [51, 53], 53], {
    splits: ["2024-03-08 1:35"],
  }, []],
  ["a price that is three and a half times what it was", [10, 10, [34, 34.5], 34], {}, []],
  ["a dividend of a third", [90, 90, 60, 60], { dividends: [paid("2024-03-08", 30)] }, []],
  ["a dividend of a third a day early", [90, 90, 90, 60], { dividends: [paid("2024-03-08", 30)] }, [
    "dividend-without-fall 2024-03-08: a dividend is applied by the factor 0.666667, but the " +
    "price goes from 90 to 90",
    "split-like-jump 2024-03-11: the price jumps as at a split of 3:2, which no split explains",
  ]],
  ["a split and a dividend in one night", [90, 90, 20, 20], {
    splits: ["2024-03-08 3:1"],
    dividends: [paid("2024-03-08", 10)],
  }, []],
];

for (const [what, prices, look, want] of CASES) {
  Deno.test(`adjustPrices() with ${what} tells ${want.length === 0 ? "nothing" : "it"}`, () => {
    assertEquals(told(lookAt(prices, look)), want);
  });
}

Deno.test("adjustPrices() says ratios and prices for machines too", () => {
  const { findings } = lookAt([100, 100, [98, 100], 49], { splits: ["2024-03-08 2:1"] });
  assertEquals(
    findings.map(({ kind, severity, ratio, priceRatio }) => [kind, severity, ratio, priceRatio]),
    [
      ["split-without-jump", "warning", "2:1", 0.98],
      ["split-like-jump", "warning", "2:1", 0.49],
    ],
  );
});

const applied = ({ splits }: ReturnType<typeof lookAt>) =>
  splits.map(({ executionDate, from, to, correctedFrom: was }) =>
    `${executionDate} ${to}:${from}` +
    (was === undefined ? "" : ` was ${was.executionDate} ${was.to}:${was.from}`)
  );

/** What is applied where corrections are asked for. */
const CORRECTIONS: readonly (readonly [
  what: string,
  prices: Prices,
  splits: string[],
  applied: string[],
  told: string[],
])[] = [
  ["a day early", [100, 100, 100, 50], ["2024-03-08 2:1"], [
    "2024-03-11 2:1 was 2024-03-08 2:1",
  ], [
    "split-corrected 2024-03-08: the split 2:1 is applied on 2024-03-11 instead, where the price " +
    "jumps so",
  ]],
  ["a day late", [100, 50, 50, 50], ["2024-03-08 2:1"], ["2024-03-07 2:1 was 2024-03-08 2:1"], [
    "split-corrected 2024-03-08: the split 2:1 is applied on 2024-03-07 instead, where the price " +
    "jumps so",
  ]],
  ["the wrong way round", [50, 50, 200, 200], ["2024-03-08 4:1"], [
    "2024-03-08 1:4 was 2024-03-08 4:1",
  ], ["split-corrected 2024-03-08: the split 4:1 is applied as 1:4, as the price jumps"]],
  ["there both ways", [15, 15, 225, 225], ["2024-03-08 15:1", "2024-03-08 1:15"], [
    "2024-03-08 1:15",
  ], [
    "split-corrected 2024-03-08: of the splits 15:1 and 1:15 only 1:15 is applied, as the price " +
    "jumps",
  ]],
  [
    "there twice, of which neither fits",
    [90, 90, 90, 30],
    ["2024-03-11 4:1", "2024-03-11 5:1"],
    ["2024-03-11 4:1", "2024-03-11 5:1"],
    [
      "splits-of-one-date 2024-03-11: 2 splits of one date are applied: 4:1 and 5:1",
      "split-without-jump 2024-03-11: the splits 4:1 and 5:1 are applied, but the price goes from " +
      "90 to 30",
    ],
  ],
  [
    "there twice, on a Saturday and the Monday after",
    [90, 90, 90, 30],
    [
      "2024-03-09 3:1",
      "2024-03-11 6:2",
    ],
    ["2024-03-09 3:1"],
    [
      "split-corrected 2024-03-09 2024-03-11: of the splits 3:1 and 6:2 only 3:1 is applied, as the " +
      "price jumps",
    ],
  ],
  ["right", [100, 100, 50, 50], ["2024-03-08 2:1"], ["2024-03-08 2:1"], []],
  ["early, where the day before jumps as well", [100, 50, 50, 25], ["2024-03-08 2:1"], [
    "2024-03-08 2:1",
  ], [
    "split-like-jump 2024-03-07: the price jumps as at a split of 2:1, which no split explains",
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 50 to 50",
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
  ]],
  [
    "early, where the next night has a split of its own",
    [100, 100, 100, 50],
    [
      "2024-03-08 2:1",
      "2024-03-11 2:1",
    ],
    ["2024-03-08 2:1", "2024-03-11 2:1"],
    [
      "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
    ],
  ],
  ["early, on a night that moves by itself", [100, 100, 130, 65], ["2024-03-08 2:1"], [
    "2024-03-08 2:1",
  ], [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 130",
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
  ]],
  ["early, where the next day is some other jump", [100, 100, 100, 55], ["2024-03-08 2:1"], [
    "2024-03-08 2:1",
  ], [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
  ]],
  ["two days early", [100, 100, 100, 100, 50], ["2024-03-08 2:1"], ["2024-03-08 2:1"], [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
    "split-like-jump 2024-03-12: the price jumps as at a split of 2:1, which no split explains",
  ]],
  ["small and a day early", [100, 100, 100, 80], ["2024-03-08 5:4"], ["2024-03-08 5:4"], [
    "split-without-jump 2024-03-08: the split 5:4 is applied, but the price goes from 100 to 100",
  ]],
  ["beside a file that is not at hand", [100, null, 100, 50], ["2024-03-08 2:1"], [
    "2024-03-08 2:1",
  ], [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
  ]],
];

for (const [what, prices, splits, want, tells] of CORRECTIONS) {
  Deno.test(`adjustPrices({ fixSplits }) of a split that is ${what}`, () => {
    const adjustment = lookAt(prices, { splits, fixSplits: true });
    assertEquals([applied(adjustment), told(adjustment)], [want, tells]);
    if (tells.length > 0) assertEquals(applied(lookAt(prices, { splits })), splits);
  });
}

Deno.test("adjustPrices() moves two splits that change their places, and keeps them in order", () => {
  const prices = [400, 400, 200, 200, 50];
  const splits = ["2024-03-07 2:1", "2024-03-13 4:1"];
  const adjustment = lookAt(prices, { splits, fixSplits: true });
  assertEquals(applied(adjustment), [
    "2024-03-08 2:1 was 2024-03-07 2:1",
    "2024-03-13 4:1",
  ]);
});

Deno.test("adjustPrices() tells nothing of 40 generated stocks × 5 years with their splits", () => {
  const span = { from: "2020-11-02", to: "2025-10-31" };
  const files = generateStockDays({ ...span, tickers: 40, splits: STOCK_SPLITS });
  const all = parseSplits(JSON.stringify(STOCK_SPLITS), "STOCK_SPLITS");
  const found = files.tickers.flatMap((ticker) => {
    const byDate = new Map(Array.from(daysOfBars(files.truth(ticker)), (day) => [day.date, day]));
    const { findings, splits } = adjustPrices({
      nights: new Nights(files.dates, files.dates.map((date) => byDate.get(date))),
      closeOf: (date) => byDate.get(date)!.close,
      isMissing: () => false,
      until: span.to,
      actions: { splits: all.filter((split) => split.ticker === ticker), dividends: [] },
      fixSplits: true,
    });
    return [...findings, ...splits.filter(({ correctedFrom }) => correctedFrom)];
  });
  assertEquals(found, []);
});

Deno.test("adjustPrices() judges 50,000 splits and dividends of a ticker, a night each or in one", () => {
  const every = (n: number) => DATES[1 + n % 5]!;
  const numbers = Array.from({ length: 50_000 }, (_, n) => n);
  const splits = numbers.map((n) => `${every(n)} ${n % 2 === 0 ? "2:1" : "1:2"}`);
  const dividends = numbers.map((n) => paid(every(n), 1e-5));
  const { findings, ...of } = lookAt([1, 1, 1, 1, 1, 1], { splits, dividends, fixSplits: true });
  assertEquals([of.splits.length, of.dividends.length], [50_000, 5]);
  assertEquals(findings.filter(({ kind }) => kind === "splits-of-one-date").length, 5);
});

const RATIOS = ["2:1", "3:1", "3:2", "1:10", "4:1", "1:20", "10:1", "5:1"] as const;

/** Five days that move by `swing`, half of it overnight, with a split before one of them. */
function walk(swing: number, next: () => number, split: { ratio: string; at: number }): Prices {
  const [to, from] = split.ratio.split(":").map(Number) as [number, number];
  const move = () => Math.exp(swing * Math.SQRT1_2 * next());
  let close = 100;
  return Array.from({ length: 5 }, (_, i) => {
    const open = close * move() * (i === split.at ? from / to : 1);
    close = open * move();
    return [open, close] as const;
  });
}

/** Of 2,000 splits how often a right, a late and an absent one is told, and a right one corrected. */
function countTold(swing: number, next: () => number): readonly number[] {
  const counts = [0, 0, 0, 0];
  for (let n = 0; n < 2_000; n++) {
    const ratio = RATIOS[n % RATIOS.length]!;
    const look = (at: number) => {
      const prices = walk(swing, next, { ratio, at });
      return lookAt(prices, { splits: [`${DATES[2]} ${ratio}`], fixSplits: at === 2 });
    };
    const looks = [look(2), look(3), look(9)];
    looks.forEach(({ findings }, i) => {
      if (findings.some(({ kind }) => kind === "split-without-jump")) counts[i]!++;
    });
    if (looks[0]!.splits[0]!.correctedFrom !== undefined) counts[3]!++;
  }
  return counts;
}

Deno.test("adjustPrices() tells hardly a right split on random walks, all others, and corrects no right one", () => {
  const swings = [0.02, 0.04, 0.06];
  assertEquals(swings.map((swing) => countTold(swing, normal(1))), [
    [0, 2_000, 2_000, 0],
    [0, 2_000, 2_000, 0],
    [0, 2_000, 2_000, 0],
  ]);
  assertEquals(swings.map((swing) => countTold(swing, fatTailed(1))), [
    [0, 2_000, 2_000, 0],
    [8, 2_000, 2_000, 0],
    [21, 1_999, 1_999, 0],
  ]);
});
