import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import type { Bar } from "../../lib/market/bar.ts";
import {
  adjust,
  beyondRange,
  type Split,
  splitsAfter,
  uniqueSplits,
} from "../../lib/adjust/split.ts";

const split = (executionDate: string, from: number, to: number, ticker = "T"): Split => ({
  ticker,
  executionDate,
  from,
  to,
});

const barOn = (date: string, price: number, volume: number | null = 1_000): Bar => ({
  date,
  timestamp: Date.parse(date),
  open: price,
  high: price,
  low: price,
  close: price,
  volume,
  transactions: 7,
});

const adjustOne = (bar: Bar, splits: readonly Split[]) => [...adjust([bar], splits)][0]!;

Deno.test("adjust() makes exact quarters of AAPL's prices before 2020-08-31", () => {
  const bar: Bar = {
    date: "2020-08-28",
    timestamp: 1598587200000,
    open: 504.05,
    high: 505.77,
    low: 498.31,
    close: 499.23,
    volume: 46_907_479,
    transactions: 12,
  };
  const [before, on] = adjust([bar, barOn("2020-08-31", 127.58)], [split("2020-08-31", 1, 4)]);
  assertEquals(before, {
    ...bar,
    open: 504.05 / 4,
    high: 505.77 / 4,
    low: 498.31 / 4,
    close: 124.8075,
    volume: 187_629_916,
  });
  assertEquals(on, barOn("2020-08-31", 127.58));
});

Deno.test("adjust() adjusts the day before the execution date and not the day itself", () => {
  const splits = [split("2022-08-25", 1, 3)];
  const prices = ["2022-08-24", "2022-08-25", "2022-08-26"].map((date) =>
    adjustOne(barOn(date, 891.29), splits).close
  );
  assertEquals(prices, [891.29 / 3, 891.29, 891.29]);
});

Deno.test("adjust() multiplies prices and divides volume for a reverse split", () => {
  const bar = adjustOne(barOn("2024-01-01", 0.31, 5_000), [split("2024-01-02", 10, 1)]);
  assertEquals([bar.close, bar.volume, bar.transactions], [3.1, 500, 7]);
});

Deno.test("adjust() applies all later splits at once, in whatever order they are given", () => {
  // TSLA: 5:1 on 2020-08-31, 3:1 on 2022-08-25; a reverse split and a stock dividend invented.
  const splits = [
    split("2022-08-25", 1, 3),
    split("2020-08-31", 1, 5),
    split("2023-01-03", 10, 1),
    split("2019-01-02", 1, 1.05),
  ];
  const dates = ["2018-12-31", "2019-01-02", "2020-08-31", "2022-08-25", "2023-01-03"];
  const expected = [[10, 15.75], [10, 15], [10, 3], [10, 1], [1, 1]];
  for (const given of [splits, splits.toReversed()]) {
    const factors = dates.map((date) => adjustOne(barOn(date, 1, 1), given).close);
    assertEquals(factors, expected.map(([from, to]) => from! / to!));
  }
});

Deno.test("adjust() lets a volume that is null stay null", () => {
  assertEquals(adjustOne(barOn("2024-01-01", 3, null), [split("2024-01-02", 1, 3)]).volume, null);
});

Deno.test("adjust() passes bars on as they are where nothing is to be done", () => {
  const bar = barOn("2024-01-02", 3);
  assert(adjustOne(bar, []) === bar);
  assert(adjustOne(bar, [split("2024-01-02", 1, 3)]) === bar);
});

Deno.test("adjust() pulls one bar at a time", () => {
  let pulled = 0;
  const bars = (function* () {
    for (;;) yield barOn("2024-01-01", ++pulled);
  })();
  const adjusted = adjust(bars, [split("2024-01-02", 1, 2)]);
  assertEquals([adjusted.next().value?.close, adjusted.next().value?.close, pulled], [0.5, 1, 2]);
});

Deno.test("adjust() refuses splits of several tickers and of no shares at once", () => {
  const mixed = [split("2024-01-02", 1, 2, "A"), split("2024-01-02", 1, 2, "B")];
  assertThrows(() => adjust([], mixed), TypeError, "are of A and B");
  for (const [from, to] of [[0, 1], [1, 0], [-1, 1], [NaN, 1], [1, Infinity]]) {
    assertThrows(() => adjust([], [split("2024-01-02", from!, to!)]), UsageError, "greater than 0");
  }
});

Deno.test("adjust() reads shares in whatever way a number is written", () => {
  const factor = (from: number, to: number) =>
    adjustOne(barOn("2024-01-01", 1), [split("2024-01-02", from, to)]).close;
  assertEquals(factor(1e21, 2e21), 0.5);
  assertEquals(factor(1.5e-7, 3e-7), 0.5);
  assertEquals(factor(1, 1.000001), 1e6 / 1_000_001);
});

const dates = fc.integer({ min: 0, max: 3_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const shares = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 1, max: 999 }).map((n) => n / 100),
);
const splitLists = fc.array(
  fc.record({ ticker: fc.constant("T"), executionDate: dates, from: shares, to: shares }),
  { maxLength: 8 },
);
const barLists = fc.array(
  fc.tuple(dates, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e9 }))
    .map(([date, cents, volume]) => barOn(date, cents / 100, volume)),
);

/** Equal but for the last bits of a few roundings. */
function assertNear(a: number, b: number) {
  assert(Math.abs(a - b) <= 4 * Number.EPSILON * Math.abs(b), `${a} is not ${b}`);
}

Deno.test("adjust() with some splits, then with the others, is as with all of them", () => {
  fc.assert(fc.property(barLists, splitLists, splitLists, (bars, some, others) => {
    const twice = [...adjust(adjust(bars, some), others)];
    const once = [...adjust(bars, [...others, ...some])];
    assertEquals(twice.length, bars.length);
    for (const [i, bar] of once.entries()) {
      assertNear(twice[i]!.close, bar.close);
      assertNear(twice[i]!.volume!, bar.volume!);
    }
  }));
});

Deno.test("adjust() keeps the product of price and volume", () => {
  fc.assert(fc.property(barLists, splitLists, (bars, splits) => {
    for (const [i, { close, volume, transactions }] of [...adjust(bars, splits)].entries()) {
      assertNear(close * volume!, bars[i]!.close * bars[i]!.volume!);
      assertEquals(transactions, bars[i]!.transactions);
    }
  }));
});

Deno.test("adjust() in batches is as in one", () => {
  fc.assert(fc.property(barLists, splitLists, fc.nat(20), (bars, splits, at) => {
    const batches = [bars.slice(0, at), bars.slice(at)];
    assertEquals(
      batches.flatMap((batch) => [...adjust(batch, splits)]),
      [...adjust(bars, splits)],
    );
  }));
});

Deno.test("adjust() by n:1 splits is the nearest number to the true quotient", () => {
  const whole = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(
      fc.array(whole, { maxLength: 5 }),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      (
        tos,
        price,
      ) => {
        const splits = tos.map((to, i) => split(`2024-01-0${i + 2}`, 1, to));
        const product = tos.reduce((product, to) => product * to, 1);
        assertEquals(adjustOne(barOn("2024-01-01", price), splits).close, price / product);
      },
    ),
  );
});

Deno.test("splitsAfter() has what changes a bar, oldest first", () => {
  const [a, b, c] = ["2020-01-02", "2021-01-04", "2022-01-03"].map((date) => split(date, 1, 2));
  assertEquals(splitsAfter([c!, a!, b!], "2020-01-02"), [b!, c!]);
  assertEquals(splitsAfter([c!, a!, b!], "2020-01-01"), [a!, b!, c!]);
});

Deno.test("uniqueSplits() drops what is the same in all and keeps what differs in one", () => {
  const one = split("2024-01-02", 1, 2);
  const others = [
    split("2024-01-03", 1, 2),
    split("2024-01-02", 1, 3),
    split("2024-01-02", 2, 2),
    split("2024-01-02", 1, 2, "U"),
  ];
  assertEquals(uniqueSplits([one, { ...one }, ...others, one]), [one, ...others]);
});

/** A date for each number, one day after the other. */
const dayOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

Deno.test("adjust() by 50,000 splits gives each bar the product of the later ones", () => {
  // Of 10 digits each, so that the exact product has half a million of them.
  const splits = Array.from({ length: 50_000 }, (_, i) => {
    const [one, other] = [1_234_567_891, 9_876_543_211];
    return i % 2 === 0 ? split(dayOf(i), one, other) : split(dayOf(i), other, one);
  });
  const bars = splits.map(({ executionDate }) => barOn(executionDate, 1));
  const closes = Array.from(adjust(bars, splits), ({ close }) => close);
  for (const [i, close] of closes.entries()) {
    assertNear(close, i % 2 === 0 ? 9_876_543_211 / 1_234_567_891 : 1);
  }
});

Deno.test("adjust() finds the factor of a bar wherever the one before it stood", () => {
  fc.assert(fc.property(barLists, splitLists, (bars, splits) => {
    const alone = bars.map((bar) => adjustOne(bar, splits));
    assertEquals([...adjust(bars, splits)], alone);
  }));
});

Deno.test("adjust() refuses splits whose product no double holds, beyondRange() finds the one", () => {
  for (const [from, to] of [[1, 1e10], [1e10, 1], [1, 9_999_999_999]]) {
    const splits = Array.from({ length: 40 }, (_, i) => split(dayOf(i), from!, to!));
    assertThrows(() => adjust([], splits), RangeError, "from 1970-01-30 on");
    assertEquals(beyondRange(splits), splits[29]);
    assertEquals(beyondRange(splits.slice(30)), undefined);
    const [bar] = adjust([barOn("1960-01-01", 3, 5)], splits.slice(31));
    assert(Number.isFinite(bar!.volume) && Number.isFinite(bar!.close) && bar!.close > 0);
  }
});
