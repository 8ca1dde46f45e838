import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { BarRow } from "../../lib/market/bar.ts";
import { daysOfBars } from "../market/days_of_bars.ts";
import { FileRows, type RecordedRows } from "../../lib/flatfile/file_rows.ts";
import type { Asset } from "../../lib/market/symbol.ts";

const DATE = "2024-03-07";
const NOON = Date.parse("2024-03-07T17:00:00Z");
const days = (asset: Asset = "stock") => new FileRows({ asset, interval: "1d" });
const minutes = (asset: Asset = "stock") => new FileRows({ asset, interval: "1m" });
const recorded = (...rows: readonly BarRow[]): RecordedRows => ({ rowsText: JSON.stringify(rows) });
const row = (ms: number, volume = 5): BarRow => [ms, 1, 3, 0.5, 2, volume, 7];

Deno.test("FileRows gives a bar of a day the stamp of its date, whatever the file has", () => {
  const midnights: [Asset, string, string][] = [
    ["stock", "2024-03-07", "2024-03-07T05:00Z"],
    ["option", "2024-07-05", "2024-07-05T04:00Z"],
    ["stock", "2025-03-09", "2025-03-09T05:00Z"],
    ["stock", "2025-03-10", "2025-03-10T04:00Z"],
    ["option", "2024-11-03", "2024-11-03T04:00Z"],
    ["option", "2024-11-04", "2024-11-04T05:00Z"],
    ["crypto", "2025-03-09", "2025-03-09T00:00Z"],
    ["forex", "2024-11-03", "2024-11-03T00:00Z"],
    // Until 2006 the clocks changed on other Sundays.
    ["stock", "2006-03-15", "2006-03-15T05:00Z"],
    ["stock", "2003-09-10", "2003-09-10T04:00Z"],
  ];
  for (const [asset, date, want] of midnights) {
    for (const ms of [0, -68_400_000, NOON, 1_709_787, 8.64e15]) {
      const [bar] = days(asset).barsOf(date, recorded(row(ms)));
      assertEquals([bar?.date, bar?.timestamp], [date, Date.parse(want)], `${asset} ${date} ${ms}`);
    }
  }
});

Deno.test("FileRows finds every date's midnight in New York, in any order of the dates", () => {
  const rows = days();
  fc.assert(fc.property(fc.integer({ min: 12_000, max: 25_000 }), (day) => {
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const want = Temporal.PlainDate.from(date).toZonedDateTime("America/New_York");
    assertEquals(rows.barsOf(date, recorded(row(0)))[0]!.timestamp, want.epochMilliseconds);
  }));
});

Deno.test("FileRows leaves an index the stamp that its file has of the date", () => {
  // As the vendor has it: midnight in Chicago.
  const own = Date.parse("2023-12-05T06:00Z");
  const stampOf = (ms: number) =>
    days("index").barsOf("2023-12-05", recorded(row(ms)))[0]!.timestamp;
  assertEquals(stampOf(own), own);
  assertEquals(stampOf(own + 86_400_000), Date.parse("2023-12-05T05:00Z"));
});

Deno.test("FileRows counts rows that are the same once, and of others the later", () => {
  const twice = recorded(row(NOON), row(NOON), row(NOON + 60_000), row(NOON + 60_000, 6));
  assertEquals(minutes().barsOf(DATE, twice).map(({ volume }) => volume), [5, 6]);
  assertEquals(minutes().lookAt(DATE, twice).findings, [{
    kind: "stamp-repeated",
    severity: "warning",
    dates: [DATE],
    text: "two rows of 2024-03-07T17:01:00Z differ: volume 5 and 6; the later counts",
  }]);
  const day = recorded(row(0), row(1), row(2));
  assertEquals(days().barsOf(DATE, day).length, 1);
  assertEquals(days().lookAt(DATE, day).findings, []);
  const written = { rowsText: `[[${NOON},1,3,0.5,2,5,7],[${NOON},1.0,3e0,0.50,2,5.00,7]]` };
  assertEquals(minutes().lookAt(DATE, written).findings, []);
  const three = recorded(row(0, 1), row(0, 2), row(0, 1));
  assertEquals(days().barsOf(DATE, three).map(({ volume }) => volume), [1]);
  assertEquals(days().lookAt(DATE, three).findings.map(({ text }) => text), [
    "two rows differ: volume 1 and 2; the later counts",
    "two rows differ: volume 2 and 1; the later counts",
  ]);
});

Deno.test("FileRows takes minutes of the date and of those beside it, in the zone of the market", () => {
  const ends: [Asset, string, string][] = [
    ["stock", "2024-03-06T05:00:00Z", "2024-03-09T05:00:00Z"],
    ["crypto", "2024-03-06T00:00:00Z", "2024-03-09T00:00:00Z"],
  ];
  for (const [asset, start, end] of ends) {
    const failureOf = (...ms: number[]) =>
      minutes(asset).failureOf(DATE, recorded(...ms.map((one) => row(one))));
    const [first, last] = [Date.parse(start), Date.parse(end) - 1];
    assertEquals(failureOf(first, NOON, last), undefined);
    const failure = (ms: number) =>
      `column "window_start" is ${new Date(ms).toISOString()}, want nanoseconds of ${DATE} or of ` +
      "a day beside it";
    assertEquals(failureOf(first - 1, NOON), failure(first - 1));
    assertEquals(failureOf(NOON, last + 1), failure(last + 1).replace(".000Z", "Z"));
    assertEquals(failureOf(), undefined);
  }
  const told = { ...recorded(), failure: "line 3: …" };
  assertEquals(
    [minutes().failureOf(DATE, told), days().failureOf(DATE, told)],
    Array(2).fill("line 3: …"),
  );
});

Deno.test("FileRows counts bars, and finds first and last price, as if it read them", () => {
  const stamp = fc.integer({ min: -2, max: 4 }).map((minute) =>
    minute < -1 ? -1 : NOON + minute * 6e4
  );
  const price = fc.constantFrom(1, 2.5);
  const rows = fc.array(fc.tuple(stamp, price, price, price, price, price, price));
  fc.assert(fc.property(rows, fc.boolean(), (unsorted, isSorted) => {
    const kept = recorded(...isSorted ? unsorted.toSorted((a, b) => a[0] - b[0]) : unsorted);
    for (const files of [days(), days("index"), minutes()]) {
      const bars = files.barsOf(DATE, kept);
      assertEquals(files.lookAt(DATE, kept).count, bars.length);
      assertEquals(files.dayOf(DATE, kept), [...daysOfBars(bars)][0]);
    }
  }));
});

Deno.test("FileRows counts as bars what it reads as bars, whatever else the rows are", () => {
  const value = fc.constantFrom(NOON, NOON + 60_000, 1, 2.5, null);
  const bar = fc.constantFrom(row(NOON), row(NOON + 60_000), row(NOON + 120_000));
  const odd = fc.array(value, { maxLength: 8 });
  const spelled = (text: string) => text.replace(String(NOON), `${NOON / 1000}e3`);
  fc.assert(fc.property(fc.array(fc.oneof(bar, odd), { maxLength: 4 }), (rows) => {
    const plain = JSON.stringify(rows);
    for (const rowsText of [plain, spelled(plain)]) {
      for (const files of [days(), minutes()]) {
        const { count } = files.lookAt(DATE, { rowsText });
        assertEquals(count, files.barsOf(DATE, { rowsText }).length, rowsText);
      }
    }
  }));
});

Deno.test("FileRows tells of a day's stamp that is of another date, and which files are known for it", () => {
  const textOf = (asset: Asset, date: string, stamp: string) =>
    days(asset).stampFindingsOf(date, recorded(row(Date.parse(stamp)))).map(({ text }) => text);
  assertEquals(textOf("stock", DATE, "2024-03-07T05:00Z"), []);
  assertEquals(textOf("stock", DATE, "2024-03-08T05:00Z"), [
    "the file's stamp is 2024-03-08T05:00:00Z, the date in its key counts",
  ]);
  const known = "; this file of the vendor is known for it";
  assertEquals(textOf("stock", "2019-08-12", "2019-08-13T04:00Z"), [
    `the file's stamp is 2019-08-13T04:00:00Z, the date in its key counts${known}`,
  ]);
  assertEquals(textOf("option", "2025-02-10", "1969-12-31T05:00Z")[0]?.endsWith(known), true);
  assertEquals(days().stampFindingsOf(DATE, recorded()), []);
});

Deno.test("FileRows tells of minutes that are stamped on a day beside the file's own", () => {
  const HOUR = 3_600_000;
  const textsOf = (asset: Asset, ...stamps: readonly string[]) =>
    minutes(asset).stampFindingsOf(DATE, recorded(...stamps.map((time) => row(Date.parse(time)))))
      .map(({ kind, severity, dates, text }) => [kind, severity, ...dates, text].join(" "));
  const of = (text: string) => [`stamp-outside-date problem ${DATE} the stamp is ${text}`];
  assertEquals(textsOf("stock", "2024-03-07T05:00Z", "2024-03-08T04:59Z"), []);
  assertEquals(textsOf("crypto", "2024-03-07T00:00Z", "2024-03-07T23:59Z"), []);
  assertEquals(
    textsOf("stock", "2024-03-06T15:00Z", "2024-03-06T15:01Z", "2024-03-07T15:00Z"),
    of("2024-03-06T15:00:00Z, and 1 more such bar"),
  );
  assertEquals(
    textsOf("option", "2024-03-07T15:00Z", "2024-03-08T05:00Z"),
    of("2024-03-08T05:00:00Z"),
  );
  assertEquals(textsOf("forex", "2024-03-06T23:59Z"), of("2024-03-06T23:59:00Z"));
  // Ends that are of the date leave no room for others: rows ascend.
  const ofDay = Array.from({ length: 19 }, (_, hour) => row(NOON + (hour - 12) * HOUR));
  assertEquals(minutes().stampFindingsOf(DATE, recorded(...ofDay)), []);
});
