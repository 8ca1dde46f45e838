import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  generateCryptoMinutes,
  generateIndexMinutes,
  generateStockMinutes,
} from "../../fixtures/minute_files.ts";
import { generateForexDays, generateStockDays } from "../../fixtures/flat_files.ts";
import type { Bar } from "../../lib/market/bar.ts";
import { type Interval, sourceOf } from "../../lib/market/interval.ts";
import { resample, type ResampleOptions, Resampler } from "../../lib/market/resample.ts";
import { groupBars, midnightOf, withRoundVolumes } from "./resample_oracle.ts";

const INTERVALS: readonly Interval[] = [
  "1m",
  "2m",
  "5m",
  "15m",
  "30m",
  "1h",
  "1d",
  "1wk",
  "1mo",
];
const intervals = fc.constantFrom(...INTERVALS);

const NEW_YORK = { asset: "stock", zone: "America/New_York" } as const;
const UTC = { asset: "crypto", zone: "UTC" } as const;
type Place = typeof NEW_YORK | typeof UTC;

/** Around the changes of New York's clock, the end of a year, and a leap day. */
const starts = fc.constantFrom(
  "2024-03-07",
  "2024-11-01",
  "2024-12-20",
  "2024-02-27",
  "2019-08-09",
);

/** Sums of these are exact, so that their order does not matter. */
const quantities = fc.option(fc.integer({ min: 0, max: 1e6 }).map((n) => n / 64), {
  freq: 6,
});
const prices = fc.integer({ min: 1, max: 1e6 }).map((n) => n / 128);

/** Bars of up to forty days from a date, ascending, some minutes of each; no two at once. */
function barsIn(zone: Place["zone"]): fc.Arbitrary<Bar[]> {
  const places = fc.record({
    day: fc.integer({ min: 0, max: 40 }),
    minute: fc.integer({ min: 0, max: 1439 }),
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    volume: quantities,
    transactions: quantities,
  });
  const unique = fc.uniqueArray(places, {
    selector: ({ day, minute }) => day * 1440 + minute,
    maxLength: 120,
    size: "max",
  });
  return fc.tuple(starts, unique).map(([start, list]) =>
    list
      .sort((a, b) => a.day - b.day || a.minute - b.minute)
      .map(({ day, minute, ...numbers }) => {
        const date = new Date(Date.parse(start) + day * 86_400_000).toISOString().slice(0, 10);
        return { date, timestamp: midnightOf(date, zone) + minute * 60_000, ...numbers };
      })
  );
}

for (const { asset, zone } of [NEW_YORK, UTC]) {
  Deno.test(`resample() in ${zone} equals plain grouping by the wall clock, value by value`, () => {
    fc.assert(fc.property(barsIn(zone), intervals, (bars, interval) => {
      const expected = groupBars(bars, { interval, zone });
      assertEquals([...resample(bars, interval, { asset })], expected);
    }));
  });
}

Deno.test("resample() of regular hours equals plain grouping of the session's bars", () => {
  const { zone } = NEW_YORK;
  fc.assert(fc.property(barsIn(zone), intervals, (bars, interval) => {
    const expected = groupBars(bars, { interval, zone, isRegular: true });
    assertEquals([...resample(bars, interval, { asset: "option", hours: "regular" })], expected);
  }));
});

const span = { seed: 11, from: "2024-02-26", to: "2024-03-12" };
const years = { seed: 11, from: "2022-12-01", to: "2025-01-31" };
const SETS: readonly {
  bars: Bar[];
  asset: ResampleOptions["asset"];
  source: "1m" | "1d";
  weekFrom?: number;
}[] = [
  { bars: generateStockMinutes(span).truth("TSLA"), asset: "stock", source: "1m" },
  { bars: generateIndexMinutes(span).truth("I:SPX"), asset: "index", source: "1m" },
  { bars: generateCryptoMinutes(span).truth("X:BTC-USD"), asset: "crypto", source: "1m" },
  {
    bars: generateStockDays({ ...years, tickers: 17 }).truth("TSLA"),
    asset: "stock",
    source: "1d",
  },
  {
    bars: generateForexDays(years).truth("C:EUR-USD"),
    asset: "forex",
    source: "1d",
    weekFrom: 0,
  },
];

for (const { bars, asset, source, weekFrom = 1 } of SETS) {
  Deno.test(`resample() of ${bars.length} ${asset} bars of ${source} equals plain grouping`, () => {
    const zone = asset === "crypto" || asset === "forex" ? "UTC" : "America/New_York";
    for (const interval of INTERVALS.filter((one) => sourceOf(one) === source && one !== "1d")) {
      const resampled = withRoundVolumes([...resample(bars, interval, { asset })]);
      const grouped = withRoundVolumes(groupBars(bars, { interval, zone, weekFrom }));
      assertEquals(resampled, grouped, interval);
    }
  });
}

Deno.test("resample() by way of a shorter interval gives the same", () => {
  const ways: Interval[][] = [
    ["1m", "5m", "15m"],
    ["2m", "30m"],
    ["1m", "15m", "30m", "1h", "1d"],
    ["1d", "1wk"],
    ["1h", "1d", "1mo"],
  ];
  const bars = fc.oneof(
    barsIn("America/New_York").map((list) => ({ list, ...NEW_YORK })),
    barsIn("UTC").map((list) => ({ list, ...UTC })),
  );
  fc.assert(fc.property(bars, fc.constantFrom(...ways), ({ list, asset }, way) => {
    const roundabout = way.reduce<Iterable<Bar>>(
      (from, interval) => resample(from, interval, { asset }),
      list,
    );
    assertEquals([...roundabout], [...resample(list, way.at(-1)!, { asset })]);
  }));
});

Deno.test("Resampler fed in batches of any size gives what resample() does of the whole", () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 12 });
  const { asset, zone } = NEW_YORK;
  fc.assert(fc.property(barsIn(zone), intervals, cuts, (bars, interval, places) => {
    const resampler = new Resampler(interval, { asset });
    const bounds = [0, ...places.sort((a, b) => a - b), bars.length];
    const batches = bounds.slice(1).map((end, i) => bars.slice(bounds[i], end));
    const whole = batches.flatMap((batch) => batch.flatMap((bar) => resampler.add(bar) ?? []));
    whole.push(...[resampler.end()].filter((bar) => bar !== undefined));
    assertEquals(whole, [...resample(bars, interval, { asset })]);
  }));
});
