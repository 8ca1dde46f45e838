import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { checkHours, parseHours, regularSessions, zoneOf } from "../../lib/market/hours.ts";
import type { Asset } from "../../lib/market/symbol.ts";

Deno.test("parseHours() takes all and regular in any case, and nothing else", () => {
  assertEquals([" all", "ALL", "Regular\n"].map(parseHours), ["all", "all", "regular"]);
  for (const text of ["", "rth", "extended", "regular hours"]) {
    assertThrows(() => parseHours(text), UsageError, "want all or regular");
  }
});

Deno.test("zoneOf() is New York for what is traded there, else UTC", () => {
  const inNewYork: Asset[] = ["stock", "option", "index"];
  assertEquals(inNewYork.map(zoneOf), inNewYork.map(() => "America/New_York"));
  const aroundTheClock: Asset[] = ["forex", "crypto"];
  assertEquals(aroundTheClock.map(zoneOf), ["UTC", "UTC"]);
});

Deno.test("checkHours() refuses the regular hours of what is traded around the clock", () => {
  for (const asset of ["stock", "option", "index"] as const) checkHours("regular", asset);
  for (const asset of ["crypto", "forex"] as const) {
    checkHours("all", asset);
    const message = `Cannot use regular hours for BTC-USD: ${asset} has none`;
    assertThrows(() => checkHours("regular", asset, "BTC-USD"), UsageError, message);
  }
});

Deno.test("regularSessions() knows New York's clock before a change that it was asked at first", () => {
  const sessionAt = regularSessions();
  assertEquals(sessionAt(Date.parse("2025-03-09T07:00:00Z")), undefined);
  const openMs = Date.parse("2025-03-07T14:30:00Z");
  assertEquals(sessionAt(openMs)?.openMs, openMs);
  assertEquals(sessionAt(openMs - 1), undefined);
  const later = Date.parse("2025-03-10T13:30:00Z");
  assertEquals(sessionAt(later)?.openMs, later);
});

Deno.test("regularSessions() has 09:30 to before 16:00 in New York, in summer and in winter", () => {
  const rows: [string, boolean][] = [
    ["2024-03-08T14:29:59.999Z", false],
    ["2024-03-08T14:30:00Z", true],
    ["2024-03-08T20:59:00Z", true],
    ["2024-03-08T21:00:00Z", false],
    ["2024-03-11T13:29:00Z", false],
    ["2024-03-11T13:30:00Z", true],
    ["2024-03-11T19:59:59.999Z", true],
    ["2024-03-11T20:00:00Z", false],
    ["2024-11-01T13:30:00Z", true],
    ["2024-11-01T20:00:00Z", false],
    ["2024-11-04T13:30:00Z", false],
    ["2024-11-04T14:30:00Z", true],
    ["2024-11-04T20:59:00Z", true],
    ["2024-11-04T21:00:00Z", false],
    ["1969-12-31T14:30:00Z", true],
    ["1969-12-31T14:29:00Z", false],
  ];
  for (const order of [rows, rows.toReversed()]) {
    const sessionOf = regularSessions();
    for (const [iso, expected] of order) {
      assertEquals(sessionOf(Date.parse(iso)) !== undefined, expected, iso);
    }
  }
});

/** The dates on which the exchange closed at 13:00, from the lists that it published. */
const EARLY_CLOSES: Readonly<Record<number, readonly string[]>> = {
  2003: ["07-03", "11-28", "12-24", "12-26"],
  2004: ["11-26"],
  2005: ["11-25"],
  2006: ["07-03", "11-24"],
  2007: ["07-03", "11-23", "12-24"],
  2008: ["07-03", "11-28", "12-24"],
  2009: ["11-27", "12-24"],
  2010: ["11-26"],
  2011: ["11-25"],
  2012: ["07-03", "11-23", "12-24"],
  2013: ["07-03", "11-29", "12-24"],
  2014: ["07-03", "11-28", "12-24"],
  2015: ["11-27", "12-24"],
  2016: ["11-25"],
  2017: ["07-03", "11-24"],
  2018: ["07-03", "11-23", "12-24"],
  2019: ["07-03", "11-29", "12-24"],
  2020: ["11-27", "12-24"],
  2021: ["11-26"],
  2022: ["11-25"],
  2023: ["07-03", "11-24"],
  2024: ["07-03", "11-29", "12-24"],
  2025: ["07-03", "11-28", "12-24"],
  2026: ["11-27", "12-24"],
};

for (const [year, dates] of Object.entries(EARLY_CLOSES)) {
  Deno.test(`regularSessions() ends at 13:00 on the early closes of ${year}, else at 16:00`, () => {
    const sessionOf = regularSessions();
    const lengths = new Map<string, number>();
    for (let date = Temporal.PlainDate.from(`${year}-01-01`); date.year === Number(year);) {
      if (date.dayOfWeek <= 5) {
        const noon = date.toZonedDateTime({ timeZone: "America/New_York", plainTime: "12:00" });
        const { openMs, closeMs } = sessionOf(noon.epochMilliseconds)!;
        assertEquals(noon.epochMilliseconds - openMs, 2.5 * 3_600_000, date.toString());
        lengths.set(date.toString().slice(5), (closeMs - openMs) / 3_600_000);
      }
      date = date.add({ days: 1 });
    }
    const early = [...lengths].filter(([, hours]) => hours === 3.5).map(([date]) => date);
    assertEquals(early, dates);
    assertEquals([...new Set(lengths.values())].sort(), [3.5, 6.5]);
  });
}

Deno.test("regularSessions() ends an early close to the minute", () => {
  const rows = [["17:59", true], ["18:00", false], ["20:59", false]] as const;
  for (const [time, expected] of rows) {
    const found = regularSessions()(Date.parse(`2025-11-28T${time}:00Z`));
    assertEquals(found !== undefined, expected, time);
  }
});
