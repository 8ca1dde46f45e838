import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import type { Bar } from "../../lib/market/bar.ts";
import type { Interval } from "../../lib/market/interval.ts";
import { resample, type ResampleOptions, Resampler } from "../../lib/market/resample.ts";

const STOCK: ResampleOptions = { asset: "stock" };
const REGULAR: ResampleOptions = { asset: "stock", hours: "regular" };
const CRYPTO: ResampleOptions = { asset: "crypto" };

/** A bar of a moment, in the file of a date: that of the moment unless told otherwise. */
function barAt(iso: string, more: Partial<Bar> = {}): Bar {
  return {
    date: iso.slice(0, 10),
    timestamp: Date.parse(iso),
    open: 10,
    high: 12,
    low: 9,
    close: 11,
    volume: 100,
    transactions: 3,
    ...more,
  };
}

/** A day's bar, which starts at midnight in UTC. */
const dayOf = (date: string, more: Partial<Bar> = {}) => barAt(`${date}T00:00:00Z`, more);

/** Start, date and number of bars of each window, where every bar has one transaction. */
function windows(bars: readonly Bar[], interval: Interval, options: ResampleOptions) {
  const single = bars.map((bar) => ({ ...bar, transactions: 1 }));
  return [...resample(single, interval, options)].map(({ timestamp, date, transactions }) =>
    `${new Date(timestamp).toISOString().slice(0, 16)} ${date} ${transactions}`
  );
}

Deno.test("resample() has the first open, highest high, lowest low, last close, and sums", () => {
  const bars = [
    barAt("2024-03-07T14:30:00Z", { open: 10, high: 12, low: 9.5, close: 11, volume: 1.5 }),
    barAt("2024-03-07T14:32:00Z", { open: 11, high: 11, low: 8.25, close: 9, volume: 2 }),
    barAt("2024-03-07T14:34:00Z", { open: 9, high: 13, low: 9, close: 9.75, volume: 0.25 }),
  ];
  assertEquals([...resample(bars, "5m", STOCK)], [{
    date: "2024-03-07",
    timestamp: Date.parse("2024-03-07T14:30:00Z"),
    open: 10,
    high: 13,
    low: 8.25,
    close: 9.75,
    volume: 3.75,
    transactions: 9,
  }]);
});

Deno.test("resample() leaves the bars that it is given as they were", () => {
  const bars = [barAt("2024-03-07T14:30:00Z"), barAt("2024-03-07T14:31:00Z", { close: 7 })];
  const before = structuredClone(bars);
  for (const interval of ["1m", "5m", "1wk"] as const) [...resample(bars, interval, STOCK)];
  assertEquals(bars, before);
});

Deno.test("resample() has no sum only where no bar has a number", () => {
  const none = { volume: null, transactions: null };
  const [first, second] = [barAt("2024-03-07T14:30:00Z"), barAt("2024-03-07T14:31:00Z")];
  const sums = (...bars: Bar[]) =>
    [...resample(bars, "5m", STOCK)].map(({ volume, transactions }) => [volume, transactions]);
  assertEquals(sums({ ...first, ...none }, { ...second, ...none }), [[null, null]]);
  assertEquals(sums({ ...first, ...none }, second), [[100, 3]]);
  assertEquals(sums(first, { ...second, volume: null }), [[100, 6]]);
  assertEquals(sums({ ...first, volume: 0 }, { ...second, volume: null }), [[0, 6]]);
});

Deno.test("resample() begins windows on the clock's multiples and leaves out those without bars", () => {
  const times = ["14:29", "14:30", "14:34", "14:35", "14:59", "15:00", "18:07"];
  const bars = times.map((time) => barAt(`2024-03-07T${time}:00Z`));
  const of = (interval: Interval) =>
    windows(bars, interval, STOCK).map((line) => line.replace(/^.*T(\S+) \S+/, "$1"));
  assertEquals(of("2m"), ["14:28 1", "14:30 1", "14:34 2", "14:58 1", "15:00 1", "18:06 1"]);
  assertEquals(of("5m"), ["14:25 1", "14:30 2", "14:35 1", "14:55 1", "15:00 1", "18:05 1"]);
  assertEquals(of("15m"), ["14:15 1", "14:30 3", "14:45 1", "15:00 1", "18:00 1"]);
  assertEquals(of("30m"), ["14:00 1", "14:30 4", "15:00 1", "18:00 1"]);
  assertEquals(of("1h"), ["14:00 5", "15:00 1", "18:00 1"]);
});

Deno.test("resample() of nothing is nothing", () => {
  for (const interval of ["1m", "1h", "1wk"] as const) {
    assertEquals([...resample([], interval, STOCK)], []);
  }
});

Deno.test("resample() to 1m leaves every bar as it is, two of one minute too", () => {
  const bars = [
    barAt("2024-03-07T14:30:00Z"),
    barAt("2024-03-07T14:30:00Z", { close: 5 }),
    barAt("2024-03-07T14:30:07Z"),
  ];
  assertEquals([...resample(bars, "1m", STOCK)], bars);
});

Deno.test("resample() never joins bars of two files' dates within a day", () => {
  const stamped = { timestamp: Date.parse("2024-03-08T14:30:00Z") };
  const bars = [barAt("2024-03-07T14:30:00Z", stamped), barAt("2024-03-08T14:30:00Z")];
  assertEquals(windows(bars, "1h", STOCK), [
    "2024-03-08T14:00 2024-03-07 1",
    "2024-03-08T14:00 2024-03-08 1",
  ]);
});

Deno.test("resample() begins a new window at midnight", () => {
  const bars = [barAt("2024-02-29T23:59:00Z"), barAt("2024-03-01T00:00:00Z")];
  assertEquals(windows(bars, "1h", CRYPTO), [
    "2024-02-29T23:00 2024-02-29 1",
    "2024-03-01T00:00 2024-03-01 1",
  ]);
  assertEquals(windows(bars, "1mo", CRYPTO), [
    "2024-02-01T00:00 2024-02-01 1",
    "2024-03-01T00:00 2024-03-01 1",
  ]);
});

Deno.test("resample() skips the hour that New York skips in March", () => {
  const file = { date: "2024-03-10" };
  const bars = ["06:30", "06:59", "07:00", "07:30"].map((time) =>
    barAt(`2024-03-10T${time}:00Z`, file)
  );
  assertEquals(windows(bars, "1h", { asset: "index" }), [
    "2024-03-10T06:00 2024-03-10 2",
    "2024-03-10T07:00 2024-03-10 2",
  ]);
});

Deno.test("resample() tells the two hours from 01:00 apart that New York has in November", () => {
  const file = { date: "2024-11-03" };
  const bars = ["05:30", "05:59", "06:00", "06:30"].map((time) =>
    barAt(`2024-11-03T${time}:00Z`, file)
  );
  assertEquals(windows(bars, "1h", { asset: "index" }), [
    "2024-11-03T05:00 2024-11-03 2",
    "2024-11-03T06:00 2024-11-03 2",
  ]);
});

Deno.test("resample() of regular hours has 09:30 and 15:59, not 09:29 or 16:00", () => {
  const times = ["14:29", "14:30", "15:00", "20:59", "21:00", "23:00"];
  const bars = times.map((time) => barAt(`2024-03-07T${time}:00Z`));
  assertEquals(windows(bars, "1h", REGULAR), [
    "2024-03-07T14:30 2024-03-07 2",
    "2024-03-07T20:30 2024-03-07 1",
  ]);
  assertEquals(windows(bars, "1m", REGULAR).length, 3);
  assertEquals(windows(bars, "1d", REGULAR), ["2024-03-07T05:00 2024-03-07 3"]);
  assertEquals(windows(bars, "1h", { ...STOCK, hours: "all" }).length, 5);
});

Deno.test("resample() of regular hours follows New York's clock over its changes", () => {
  const bars = [
    barAt("2024-03-08T13:30:00Z"),
    barAt("2024-03-08T14:30:00Z"),
    barAt("2024-03-11T13:30:00Z"),
    barAt("2024-03-11T20:00:00Z"),
    barAt("2024-11-01T13:30:00Z"),
    barAt("2024-11-04T13:30:00Z"),
    barAt("2024-11-04T20:30:00Z"),
  ];
  assertEquals(windows(bars, "30m", REGULAR), [
    "2024-03-08T14:30 2024-03-08 1",
    "2024-03-11T13:30 2024-03-11 1",
    "2024-11-01T13:30 2024-11-01 1",
    "2024-11-04T20:30 2024-11-04 1",
  ]);
});

Deno.test("resample() of regular hours counts windows from 09:30", () => {
  const times = ["14:30", "14:31", "14:45", "15:29", "15:30", "16:29", "20:29", "20:30", "20:59"];
  const bars = times.map((time) => barAt(`2024-03-07T${time}:00Z`));
  const of = (interval: Interval) =>
    windows(bars, interval, REGULAR).map((line) => line.replace(/^.*T(\S+) \S+/, "$1"));
  assertEquals(of("1h"), ["14:30 4", "15:30 2", "19:30 1", "20:30 2"]);
  assertEquals(of("30m"), ["14:30 3", "15:00 1", "15:30 1", "16:00 1", "20:00 1", "20:30 2"]);
  assertEquals(of("2m"), [
    "14:30 2",
    "14:44 1",
    "15:28 1",
    "15:30 1",
    "16:28 1",
    "20:28 1",
    "20:30 1",
    "20:58 1",
  ]);
});

Deno.test("resample() of regular hours ends a half day at 13:00 in New York", () => {
  const minutes = Array.from({ length: 960 }, (_, i) => {
    const timestamp = Date.parse("2025-11-28T09:00:00Z") + i * 60_000;
    return barAt("2025-11-28T09:00:00Z", { timestamp });
  });
  for (const asset of ["stock", "option", "index"] as const) {
    const options = { asset, hours: "regular" } as const;
    assertEquals(windows(minutes, "1m", options).length, 210);
    assertEquals(windows(minutes, "1h", options), [
      "2025-11-28T14:30 2025-11-28 60",
      "2025-11-28T15:30 2025-11-28 60",
      "2025-11-28T16:30 2025-11-28 60",
      "2025-11-28T17:30 2025-11-28 30",
    ]);
    assertEquals(windows(minutes, "1h", { asset }).length, 16);
  }
});

Deno.test("resample() refuses the regular hours of crypto and forex at once", () => {
  for (const asset of ["crypto", "forex"] as const) {
    assertThrows(() => resample([], "1h", { asset, hours: "regular" }), UsageError, asset);
  }
});

Deno.test("resample() begins weeks on Monday, also over the end of a year", () => {
  const dates = [
    "2024-12-27",
    "2024-12-29",
    "2024-12-30",
    "2025-01-03",
    "2025-01-05",
    "2025-01-06",
  ];
  assertEquals(windows(dates.map((date) => dayOf(date)), "1wk", CRYPTO), [
    "2024-12-23T00:00 2024-12-23 2",
    "2024-12-30T00:00 2024-12-30 3",
    "2025-01-06T00:00 2025-01-06 1",
  ]);
});

Deno.test("resample() begins the weeks of forex on Sunday, when its trading opens", () => {
  const dates = ["2024-12-27", "2024-12-29", "2024-12-30", "2025-01-03", "2025-01-05"];
  const bars = dates.map((date) => dayOf(date));
  assertEquals(windows(bars, "1wk", { asset: "forex" }), [
    "2024-12-22T00:00 2024-12-22 1",
    "2024-12-29T00:00 2024-12-29 3",
    "2025-01-05T00:00 2025-01-05 1",
  ]);
  assertEquals(windows(bars, "1mo", { asset: "forex" }), [
    "2024-12-01T00:00 2024-12-01 3",
    "2025-01-01T00:00 2025-01-01 2",
  ]);
});

Deno.test("resample() labels weeks and months with New York's midnight for stocks", () => {
  const dates = [
    "2024-03-07",
    "2024-03-11",
    "2024-03-28",
    "2024-04-01",
    "2024-11-01",
    "2024-11-29",
  ];
  const bars = dates.map((date) => dayOf(date));
  assertEquals(windows(bars, "1wk", STOCK), [
    "2024-03-04T05:00 2024-03-04 1",
    "2024-03-11T04:00 2024-03-11 1",
    "2024-03-25T04:00 2024-03-25 1",
    "2024-04-01T04:00 2024-04-01 1",
    "2024-10-28T04:00 2024-10-28 1",
    "2024-11-25T05:00 2024-11-25 1",
  ]);
  assertEquals(windows(bars, "1mo", STOCK), [
    "2024-03-01T05:00 2024-03-01 3",
    "2024-04-01T04:00 2024-04-01 1",
    "2024-11-01T04:00 2024-11-01 2",
  ]);
});

Deno.test("resample() has the leap day in February", () => {
  const dates = ["2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2025-03-03"];
  assertEquals(windows(dates.map((date) => dayOf(date)), "1mo", CRYPTO), [
    "2024-02-01T00:00 2024-02-01 2",
    "2024-03-01T00:00 2024-03-01 1",
    "2025-02-01T00:00 2025-02-01 1",
    "2025-03-01T00:00 2025-03-01 1",
  ]);
});

Deno.test("resample() of days goes by the file's date, whatever the stamp says", () => {
  const bars = [
    dayOf("2019-08-09", { timestamp: Date.parse("2019-08-12T04:00:00Z") }),
    dayOf("2019-08-12", { timestamp: Date.parse("2019-08-13T04:00:00Z") }),
    dayOf("2019-08-13", { timestamp: -68_400_000 }),
  ];
  assertEquals(windows(bars, "1wk", STOCK), [
    "2019-08-05T04:00 2019-08-05 1",
    "2019-08-12T04:00 2019-08-12 2",
  ]);
  assertEquals(windows(bars, "1mo", STOCK), ["2019-08-01T04:00 2019-08-01 3"]);
});

Deno.test("resample() makes days from minutes", () => {
  const bars = [
    barAt("2024-03-08T01:00:00Z", { date: "2024-03-07" }),
    barAt("2024-03-08T14:30:00Z"),
    barAt("2024-03-09T00:59:00Z", { date: "2024-03-08" }),
  ];
  assertEquals(windows(bars, "1d", STOCK), [
    "2024-03-07T05:00 2024-03-07 1",
    "2024-03-08T05:00 2024-03-08 2",
  ]);
});

Deno.test("resample() takes no more bars than the windows that are asked for need", () => {
  let taken = 0;
  function* endless() {
    for (const start = Date.parse("2024-03-07T00:00:00Z");; taken++) {
      yield dayOf("2024-03-07", { timestamp: start + taken * 60_000 });
    }
  }
  const hours = resample(endless(), "1h", CRYPTO);
  for (let n = 1; n <= 20; n++) {
    assertEquals(hours.next().value?.transactions, 60 * 3);
    assertEquals(taken, 60 * n);
  }
  hours.return();
});

Deno.test("Resampler gives a window when the next one begins, and the last at the end", () => {
  const resampler = new Resampler("1wk", STOCK);
  assertEquals(resampler.add(dayOf("2024-03-07")), undefined);
  assertEquals(resampler.add(dayOf("2024-03-08", { close: 4 })), undefined);
  assertEquals(resampler.add(dayOf("2024-03-11"))?.close, 4);
  assertEquals(resampler.end()?.date, "2024-03-11");
  assertEquals(resampler.end(), undefined);
  assertEquals(resampler.add(dayOf("2024-03-12")), undefined);
  assertEquals(resampler.end()?.volume, 100);
});
