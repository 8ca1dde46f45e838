import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type FlatFiles,
  generateCryptoDays,
  generateForexDays,
  generateIndexDays,
  generateOptionDays,
  generateStockDays,
} from "../../fixtures/flat_files.ts";
import {
  generateCryptoMinutes,
  generateForexMinutes,
  generateIndexMinutes,
  generateOptionMinutes,
  generateStockMinutes,
} from "../../fixtures/minute_files.ts";
import type { Bar } from "../../lib/market/bar.ts";
import { checkBars } from "../../lib/market/bar_defects.ts";
import type { Asset } from "../../lib/market/symbol.ts";

/** 2024-03-07, 00:00 in New York. */
import { shareOf } from "../share.ts";

const GOOD: Bar = {
  date: "2024-03-07",
  timestamp: Date.parse("2024-03-07T05:00:00Z"),
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 100,
  transactions: 7,
};

function findings(changes: Partial<Bar>, asset: Asset = "stock") {
  return checkBars([{ ...GOOD, ...changes }], { asset })
    .map(({ kind, text, severity, dates }) => {
      assertEquals([severity, dates], ["problem", [GOOD.date]]);
      return `${kind}: ${text}`;
    });
}

/** A bar that breaks one rule, what is said of it, and the nearest one that breaks none. */
const RULES: readonly [Partial<Bar>, string, Partial<Bar>][] = [
  [{ high: 10.99 }, "high-below-open-or-close: high 10.99 is below close 11", { high: 11 }],
  [
    { open: 11.5, high: 11.4 },
    "high-below-open-or-close: high 11.4 is below open 11.5",
    { open: 11.5, high: 11.5 },
  ],
  [{ low: 10.5 }, "low-above-open-or-close: low 10.5 is above open 10", { low: 10 }],
  [
    { open: 12, low: 11.01 },
    "low-above-open-or-close: low 11.01 is above close 11",
    { open: 12, low: 11 },
  ],
  [{ low: 0 }, "price-not-positive: low is 0", { low: 1e-12 }],
  [{ low: -9 }, "price-not-positive: low is -9", { low: 5.2e-7 }],
  [{ volume: -1 }, "volume-negative: volume is -1", { volume: 0 }],
  [{ volume: -1e-9 }, "volume-negative: volume is -1e-9", { volume: 0.5 }],
  [{ transactions: -1 }, "transactions-negative: transactions are -1", { transactions: 0 }],
  [
    { transactions: 7.5 },
    "transactions-fractional: transactions are 7.5",
    { transactions: null, volume: null },
  ],
  [
    { timestamp: Date.parse("2024-03-08T05:00:00Z") },
    "stamp-outside-date: the stamp is 2024-03-08T05:00:00Z",
    { timestamp: Date.parse("2024-03-08T04:59:59.999Z") },
  ],
  [
    { timestamp: Date.parse("2024-03-07T04:59:59.999Z") },
    "stamp-outside-date: the stamp is 2024-03-07T04:59:59.999Z",
    { timestamp: Date.parse("2024-03-07T05:00:00Z") },
  ],
];

for (const [bad, said, good] of RULES) {
  Deno.test(`checkBars() finds ${JSON.stringify(bad)} and not ${JSON.stringify(good)}`, () => {
    assertEquals(findings(bad), [said]);
    assertEquals(findings(good), []);
  });
}

Deno.test("checkBars() finds a high below the low, whatever else that breaks", () => {
  const kinds = findings({ high: 8 }).map((said) => said.split(":")[0]);
  assertEquals(kinds, ["high-below-low", "high-below-open-or-close"]);
  assertEquals(findings({ open: 9, high: 9, low: 9, close: 9 }), []);
});

Deno.test("checkBars() lets an index, and nothing else, be zero or negative", () => {
  const breadth = { open: -100, high: 0, low: -800, close: -300, volume: null, transactions: null };
  assertEquals(findings(breadth, "index"), []);
  assertEquals(findings(breadth), ["price-not-positive: open is -100"]);
});

Deno.test("checkBars() takes a date in UTC for crypto and forex, else in New York", () => {
  const utcMidnight = { timestamp: Date.parse("2024-03-07T00:00:00Z") };
  for (const asset of ["crypto", "forex"] as const) {
    assertEquals(findings(utcMidnight, asset), []);
    assertEquals(findings({ timestamp: Date.parse("2024-03-08T00:00:00Z") }, asset).length, 1);
  }
  for (const asset of ["stock", "option", "index"] as const) {
    assertEquals(findings(utcMidnight, asset).length, 1);
  }
});

Deno.test("checkBars() knows a day of 23 hours and one of 25", () => {
  const at = (date: string, time: string) =>
    checkBars([{ ...GOOD, date, timestamp: Date.parse(time) }], { asset: "stock" }).length;
  assertEquals(at("2024-03-10", "2024-03-11T03:59:59Z"), 0);
  assertEquals(at("2024-03-10", "2024-03-11T04:00:00Z"), 1);
  assertEquals(at("2024-11-03", "2024-11-04T04:59:59Z"), 0);
  assertEquals(at("2024-11-03", "2024-11-04T05:00:00Z"), 1);
});

const minute = (n: number, changes: Partial<Bar> = {}) => ({
  ...GOOD,
  timestamp: GOOD.timestamp + n * 60_000,
  ...changes,
});

Deno.test("checkBars() finds stamps that repeat or go back, once a kind and date", () => {
  const check = (...minutes: number[]) =>
    checkBars(minutes.map((n) => minute(n)), { asset: "stock", interval: "1d" })
      .map(({ kind, text }) => [kind, text]);
  assertEquals(check(0, 1, 2), []);
  assertEquals(check(0, 1, 1, 2, 2, 2), [
    ["stamp-repeated", "the stamp 2024-03-07T05:01:00Z comes twice, and 2 more such bars"],
  ]);
  assertEquals(check(0, 2, 1, 3), [
    ["stamp-unsorted", "the stamp 2024-03-07T05:01:00Z comes after 2024-03-07T05:02:00Z"],
  ]);
});

Deno.test("checkBars() counts the bars of a date that are alike, and names the first", () => {
  const bars = [minute(0, { volume: -1 }), minute(1), minute(2, { volume: -2 })];
  assertEquals(checkBars(bars, { asset: "stock" }), [{
    kind: "volume-negative",
    severity: "problem",
    dates: ["2024-03-07"],
    text: "volume is -1, and 1 more such bar",
  }]);
});

Deno.test("checkBars() finds nothing in no bars", () => {
  assertEquals(checkBars([], { asset: "stock" }), []);
});

const YEARS = { from: "2019-01-02", to: "2025-12-31" };
const DAYS: readonly (readonly [Asset, FlatFiles])[] = [
  ["stock", generateStockDays({ ...YEARS, tickers: 60 })],
  ["option", generateOptionDays(YEARS)],
  ["crypto", generateCryptoDays(YEARS)],
  ["forex", generateForexDays(YEARS)],
  ["index", generateIndexDays(YEARS)],
];

/** With the two Sundays on which New York's clocks change. */
const WEEKS = [{ from: "2025-03-06", to: "2025-03-11" }, { from: "2025-10-31", to: "2025-11-04" }];
const CONTRACTS = ["O:SPY250620C00600000", "O:SPY251219C00650000"];
const MINUTES: readonly (readonly [Asset, FlatFiles])[] = WEEKS.flatMap((span) => [
  ["stock", generateStockMinutes({ ...span, tickers: ["TSLA"] })],
  ["option", generateOptionMinutes({ ...span, tickers: CONTRACTS })],
  ["crypto", generateCryptoMinutes({ ...span, tickers: ["X:BTC-USD"] })],
  ["forex", generateForexMinutes({ ...span, tickers: ["C:EUR-USD"] })],
  ["index", generateIndexMinutes({ ...span, tickers: ["I:SPX"] })],
]);

for (const [asset, files] of DAYS) {
  Deno.test(`checkBars() finds nothing in seven years of generated days (${asset})`, () => {
    for (const ticker of shareOf(files.tickers, 5)) {
      assertEquals(checkBars(files.truth(ticker), { asset }), [], ticker);
    }
  });
}

for (const [asset, files] of MINUTES) {
  const [first] = files.dates;
  Deno.test(`checkBars() finds nothing in generated minutes from ${first} on (${asset})`, () => {
    let bars = 0;
    for (const ticker of files.tickers) {
      const ofTicker = files.truth(ticker);
      bars += ofTicker.length;
      assertEquals(checkBars(ofTicker, { asset, interval: "1m" }), [], ticker);
    }
    assert(bars > 50, `there are ${bars} bars`);
  });
}

Deno.test("checkBars() finds the one bar that is made wrong in any way", () => {
  const bars = DAYS[0]![1].truth("TSLA").slice(0, 300);
  const wrong: Readonly<Record<string, (bar: Bar) => Partial<Bar>>> = {
    "high-below-open-or-close": ({ open, close }) => ({
      high: Math.max(open, close) - 0.01,
      low: Math.min(open, close) - 0.02,
    }),
    "low-above-open-or-close": ({ open, close }) => ({
      low: Math.min(open, close) + 0.01,
      high: Math.max(open, close) + 0.02,
    }),
    "price-not-positive": () => ({ low: 0 }),
    "volume-negative": ({ volume }) => ({ volume: -volume! }),
    "transactions-negative": () => ({ transactions: -3 }),
    "transactions-fractional": ({ transactions }) => ({ transactions: transactions! + 0.5 }),
    "stamp-outside-date": ({ timestamp }) => ({ timestamp: timestamp + 86_400_000 * 2 }),
  };
  fc.assert(fc.property(
    fc.nat(bars.length - 1),
    fc.constantFrom(...Object.keys(wrong)),
    (at, kind) => {
      const broken = bars.map((bar, i) => i === at ? { ...bar, ...wrong[kind]!(bar) } : bar);
      const found = checkBars(broken, { asset: "stock" });
      assertEquals(found.map(({ kind, dates }) => ({ kind, dates })) as unknown[], [
        { kind, dates: [bars[at]!.date] },
      ]);
    },
  ));
});
