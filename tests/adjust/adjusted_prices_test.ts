import { assertEquals } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { STOCK_SPLITS } from "../../fixtures/stock_splits.ts";
import { adjustPrices } from "../../lib/adjust/adjusted_prices.ts";
import { Nights } from "../../lib/adjust/overnight.ts";
import { readSplit } from "../../lib/adjust/split_text.ts";
import { fatTailed, normal } from "../market/random_walk.ts";
import { DATES, type Look, lookAt, lookAtNights, paid, told } from "./price_samples.ts";
import { daysOfBars } from "../market/days_of_bars.ts";

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
  ["a split after the last bar", [100, 100, 100], { splits: ["2024-03-20 2:1"] }, [
    "split-unchecked 2024-03-20: the split 2:1 is applied unchecked: no prices right before and " +
    "after are at hand",
  ]],
  ["several splits after the last bar", [100, 100], {
    splits: ["2024-03-20 2:1", "2024-03-21 21:20", "2025-03-20 1:3"],
  }, [
    "split-unchecked 2024-03-20 2025-03-20: the splits 2:1 and 1:3, 2024-03-20 to 2025-03-20, are " +
    "applied unchecked: no prices right before and after are at hand",
  ]],
  ["two splits of one date after the last bar", [100, 100], {
    splits: ["2024-03-20 2:1", "2024-03-20 1:2"],
  }, [
    "splits-of-one-date 2024-03-20: 2 splits of one date are applied: 2:1 and 1:2, which cancel " +
    "each other",
    "split-unchecked 2024-03-20: the splits 2:1 and 1:2, 2024-03-20 to 2024-03-20, are applied " +
    "unchecked: no prices right before and after are at hand",
  ]],
  ["splits before and at the first bar", [100, 100, 100], {
    splits: ["2024-03-05 2:1", "2024-03-06 2:1"],
  }, []],
  ["a split beside a file that is not at hand", [100, null, 100, 50], {
    splits: ["2024-03-08 2:1"],
  }, [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to " +
    "100, and jumps so on 2024-03-11",
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
    "split-without-jump 2024-03-08: the split 1:2 is applied, but the price goes from 110 to " +
    "53.7, as at a split of 2:1",
  ]],
  ["a missing reverse split of a rare ratio", [1.5679, 1.57, [53.1, 53.4], 53], {}, [
    "split-like-jump 2024-03-08: the price goes from 1.57 to 53.1 overnight, which no split " +
    "explains; before, the ticker may have been another company's",
  ]],
  ["a missing split of a rare ratio", [5400, 5390, [17.5, 18.2], 18], {}, [
    "split-like-jump 2024-03-08: the price goes from 5390 to 17.5 overnight, which no split " +
    "explains; before, the ticker may have been another company's",
  ]],
  ["a right reverse split of a rare ratio", [1.5, 1.5, [51, 53], 53], {
    splits: ["2024-03-08 1:35"],
  }, []],
  ["a price that is half as much again and a fifth", [10, 10, [16.9, 16.5], 17], {}, []],
  ["a price that is less by two fifths", [10, 10, [6, 5.6], 5.5], { isRaw: true }, []],
  ["a price that leaps and comes back within the day", [10, 10, [34, 12], 12], {}, []],
  ["a missing split over a halt", [100, null, null, [49, 51]], {}, [
    "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains; " +
    "before, the ticker may have been another company's",
  ]],
  ["a price that is a third lower after a halt", [90, null, 60, 60], {}, []],
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
    "split-like-jump 2024-03-11: the price goes from 100 to 55 overnight, which no split explains; " +
    "before, the ticker may have been another company's",
  ]],
  ["two days early", [100, 100, 100, 100, 50], ["2024-03-08 2:1"], ["2024-03-08 2:1"], [
    "split-without-jump 2024-03-08: the split 2:1 is applied, but the price goes from 100 to 100",
    "split-like-jump 2024-03-12: the price jumps as at a split of 2:1, which no split explains",
  ]],
  ["small and a day early", [100, 100, 100, 80], ["2024-03-08 5:4"], ["2024-03-08 5:4"], [
    "split-without-jump 2024-03-08: the split 5:4 is applied, but the price goes from 100 to 100",
  ]],
  ["a day early, behind a halt", [100, null, 100, 50], ["2024-03-08 2:1"], [
    "2024-03-11 2:1 was 2024-03-08 2:1",
  ], [
    "split-corrected 2024-03-08: the split 2:1 is applied on 2024-03-11 instead, where the price " +
    "jumps so",
  ]],
  ["early, before a halt", [100, 100, null, null, 52], ["2024-03-07 2:1"], [
    "2024-03-12 2:1 was 2024-03-07 2:1",
  ], [
    "split-corrected 2024-03-07: the split 2:1 is applied on 2024-03-12 instead, where the price " +
    "jumps so",
  ]],
  ["late, behind a halt", [100, null, 52, 50], ["2024-03-11 2:1"], [
    "2024-03-08 2:1 was 2024-03-11 2:1",
  ], [
    "split-corrected 2024-03-11: the split 2:1 is applied on 2024-03-08 instead, where the price " +
    "jumps so",
  ]],
  ["inverted, in a halt", [110, null, null, [53.7, 50]], ["2024-03-07 1:2"], [
    "2024-03-07 2:1 was 2024-03-07 1:2",
  ], ["split-corrected 2024-03-07: the split 1:2 is applied as 2:1, as the price jumps"]],
  ["there both ways, in a halt", [15, null, null, 210], ["2024-03-07 15:1", "2024-03-08 1:15"], [
    "2024-03-08 1:15",
  ], [
    "split-corrected 2024-03-07 2024-03-08: of the splits 15:1 and 1:15 only 1:15 is applied, as " +
    "the price jumps",
  ]],
  ["inverted, on a wild day", [100, 100, [5.2, 4.4]], ["2024-03-08 1:20"], [
    "2024-03-08 20:1 was 2024-03-08 1:20",
  ], ["split-corrected 2024-03-08: the split 1:20 is applied as 20:1, as the price jumps"]],
];

for (const [what, prices, splits, want, tells] of CORRECTIONS) {
  Deno.test(`adjustPrices({ fixSplits }) of a split that is ${what}`, () => {
    const adjustment = lookAt(prices, { splits, fixSplits: true });
    assertEquals([applied(adjustment), told(adjustment)], [want, tells]);
    if (tells.length > 0) assertEquals(applied(lookAt(prices, { splits })), splits);
  });
}

/** Days are asked for from the third on; those before it are at hand. */
const AROUND: readonly (readonly [
  what: string,
  prices: Prices,
  split: string,
  told: string[],
  fixed: string[],
  toldFixed: string[],
])[] = [
  ["right and before them", [100, 50, 50, 50], "2024-03-07 2:1", [], [], []],
  ["wrong and before them", [100, 100, 100, 100], "2024-03-07 2:1", [], [], []],
  [
    "a day late, so that it changes their first",
    [100, 100, 50, 50],
    "2024-03-11 2:1",
    [
      "split-without-jump 2024-03-11: the split 2:1 is applied, but the price goes from 50 to 50, " +
      "and jumps so on 2024-03-08",
    ],
    ["2024-03-08 2:1 was 2024-03-11 2:1"],
    [
      "split-corrected 2024-03-11: the split 2:1 is applied on 2024-03-08 instead, where the price " +
      "jumps so",
    ],
  ],
  [
    "a day early, so that it changes none",
    [100, 100, 100, 50],
    "2024-03-08 2:1",
    [
      "split-like-jump 2024-03-11: the price jumps as at a split of 2:1, which no split explains",
    ],
    ["2024-03-11 2:1 was 2024-03-08 2:1"],
    [
      "split-corrected 2024-03-08: the split 2:1 is applied on 2024-03-11 instead, where the price " +
      "jumps so",
    ],
  ],
];

for (const [what, prices, split, tells, fixed, tellsFixed] of AROUND) {
  Deno.test(`adjustPrices({ from }) of a split that is ${what}`, () => {
    const look = { splits: [split], from: "2024-03-08" };
    assertEquals(told(lookAt(prices, look)), tells);
    const { splits, ...of } = lookAt(prices, { ...look, fixSplits: true });
    const changing = splits.filter(({ executionDate }) => executionDate > look.from);
    const moved = splits.filter((one) => one.correctedFrom && !changing.includes(one));
    assertEquals(
      applied({ splits: [...changing, ...moved], ...of }),
      fixed.filter((one) => one.slice(0, 10) > look.from),
    );
    assertEquals(told({ splits, ...of }), tellsFixed);
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
  const all = STOCK_SPLITS.map(readSplit);
  const found = files.tickers.flatMap((ticker) => {
    const byDate = new Map(Array.from(daysOfBars(files.truth(ticker)), (day) => [day.date, day]));
    const { findings, splits } = adjustPrices({
      nights: new Nights([...byDate.values()]),
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

/** So many nights that move by `swing` a day; each 63rd may bring earnings besides. */
function nightsOf(
  count: number,
  { swing, next, earnings = [1] }: {
    readonly swing: number;
    readonly next: () => number;
    readonly earnings?: readonly number[];
  },
): Nights {
  const move = () => Math.exp(swing * Math.SQRT1_2 * next());
  let close = 100;
  const days = Array.from({ length: count + 1 }, (_, i) => {
    const news = i % 63 === 62 ? earnings[(i - 62) / 63 % earnings.length]! : 1;
    const open = close * move() * news;
    close = open * move();
    const date = new Date(Date.UTC(1900, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
    return { date, open, close };
  });
  return new Nights(days);
}

Deno.test("adjustPrices() tells no jump in 100,000 nights of 3 %, of which 1,600 have earnings of up to 30 %", () => {
  const earnings = [1.3, 0.7, 1.15, 0.8];
  const walks = Array.from(
    { length: 10 },
    (_, seed) => nightsOf(10_000, { swing: 0.03, next: normal(seed), earnings }),
  );
  assertEquals(walks.flatMap((nights) => lookAtNights(nights).findings), []);
});

Deno.test("adjustPrices() tells 2, 17 and 35 jumps in 1,000 years of 2, 4 and 6 % with fat tails", () => {
  const counts = [0.02, 0.04, 0.06].map((swing) => {
    const walks = Array.from(
      { length: 200 },
      (_, seed) => nightsOf(1_255, { swing, next: fatTailed(seed) }),
    );
    return walks.flatMap((nights) => lookAtNights(nights).findings).length;
  });
  assertEquals(counts, [2, 17, 35]);
});

Deno.test("adjustPrices() tells of every jump that no split explains, whatever its ratio and the day's move", () => {
  const ratios = [20, 35, 3.5, 7 / 3, 2.2, 4.5, 1.9, 13 / 3, 16];
  for (const ratio of [...ratios, ...ratios.map((one) => 1 / one)]) {
    for (const move of [0.98, 1, 1.02]) {
      const prices = [100, 100, [100 / ratio, 100 / ratio * move]] as const;
      const { findings } = lookAt(prices, { isRaw: true });
      assertEquals(findings.map(({ dates }) => dates), [["2024-03-08"]], `${ratio}`);
    }
  }
  // 1 for 20 on a day that loses 12 %.
  assertEquals(told(lookAt([5, 5, [97, 88]], { isRaw: true })), [
    "split-like-jump 2024-03-08: the price goes from 5 to 97 overnight; before, the ticker may " +
    "have been another company's",
  ]);
});

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
