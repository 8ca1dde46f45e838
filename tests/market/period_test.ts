import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import { parseDate, type PeriodRequest, resolvePeriod } from "../../lib/market/period.ts";

const DEFAULTS = { period: "5y", today: "2025-11-01", firstDate: "2003-09-10" };
const resolve = (request: PeriodRequest) => resolvePeriod(request, DEFAULTS);

function assertSpans(rows: readonly (readonly [period: string, to: string, from: string])[]) {
  for (const [period, to, from] of rows) {
    assertEquals(resolve({ period, to }), { name: period, from, to });
  }
}

Deno.test("resolvePeriod() counts a length back from its last date, which it includes", () => {
  assertSpans([
    ["5y", "2025-11-01", "2020-11-02"],
    ["1y", "2025-11-01", "2024-11-02"],
    ["6mo", "2025-11-01", "2025-05-02"],
    ["2wk", "2025-11-01", "2025-10-19"],
    ["5d", "2025-11-01", "2025-10-28"],
    ["1d", "2025-11-01", "2025-11-01"],
  ]);
});

Deno.test("resolvePeriod() shortens a month's last day to what the earlier month has", () => {
  assertSpans([
    ["1mo", "2025-03-31", "2025-03-01"],
    ["1mo", "2024-03-31", "2024-03-01"],
    ["1mo", "2025-05-31", "2025-05-01"],
    ["6mo", "2025-08-31", "2025-03-01"],
    ["3mo", "2025-01-01", "2024-10-02"],
    ["1mo", "2025-02-28", "2025-01-29"],
  ]);
});

Deno.test("resolvePeriod() counts over leap days", () => {
  assertSpans([
    ["1y", "2024-02-29", "2023-03-01"],
    ["4y", "2024-02-29", "2020-03-01"],
    ["1y", "2025-02-28", "2024-02-29"],
    ["1d", "2024-02-29", "2024-02-29"],
    ["2d", "2024-03-01", "2024-02-29"],
    ["2d", "2023-03-01", "2023-02-28"],
  ]);
});

Deno.test("resolvePeriod() begins ytd on New Year's Day and max on the first date", () => {
  assertSpans([
    ["ytd", "2025-11-01", "2025-01-01"],
    ["ytd", "2025-01-01", "2025-01-01"],
    ["max", "2025-11-01", "2003-09-10"],
    ["max", "2003-09-10", "2003-09-10"],
    ["max", "1999-01-01", "0001-01-01"],
  ]);
});

Deno.test("resolvePeriod() takes the defaults for what is left open", () => {
  assertEquals(resolve({}), { name: "5y", from: "2020-11-02", to: "2025-11-01" });
  assertEquals(resolve({ to: "2024-11-01" }), {
    name: "5y",
    from: "2019-11-02",
    to: "2024-11-01",
  });
});

Deno.test("resolvePeriod() takes a period in any case, with white space around it", () => {
  for (const [period, name] of [["5Y", "5y"], [" 6Mo", "6mo"], ["YTD", "ytd"], ["Max ", "max"]]) {
    assertEquals(resolve({ period }).name, name);
  }
});

Deno.test("resolvePeriod() names a span by its two ends", () => {
  const name = "2020-01-01_2020-12-31";
  const span = { from: "2020-01-01", to: "2020-12-31" };
  assertEquals(resolve(span), { name, ...span });
  assertEquals(resolve({ from: "2025-11-01" }).to, "2025-11-01");
});

Deno.test("resolvePeriod() refuses a span that ends before it begins", () => {
  const error = "Cannot use the span 2024-01-02 to 2024-01-01: it ends before it begins";
  assertThrows(() => resolve({ from: "2024-01-02", to: "2024-01-01" }), UsageError, error);
  assertThrows(
    () => resolve({ from: "2025-11-02" }),
    UsageError,
    "2025-11-02 to 2025-11-01, which is today: it ends",
  );
});

Deno.test("resolvePeriod() refuses a period together with a first date", () => {
  const request = { period: "5y", from: "2024-01-01" };
  assertThrows(() => resolve(request), UsageError, "Cannot use a period together with");
});

Deno.test("resolvePeriod() refuses what is no period", () => {
  const periods = "5 y 0d 00d -5d 5m 5yy 5.5y 05y 10000y 1e3d all 5years constructor 5d5d ５y";
  for (const period of ["", " ", "5 y", "5y\nx", ...periods.split(" ")]) {
    assertThrows(() => resolve({ period }), UsageError, "Cannot read period ");
  }
});

Deno.test("resolvePeriod() stops at the first year however long the period is", () => {
  for (const period of ["9999y", "9999mo", "9999wk", "9999d"]) {
    const { from } = resolvePeriod({ period, to: "0800-01-01" }, DEFAULTS);
    assert(/^\d{4}-\d{2}-\d{2}$/.test(from) && from >= "0001-01-01", from);
  }
});

Deno.test("resolvePeriod() spans exactly as many days as were asked for", () => {
  const dates = fc.date({
    min: new Date("1970-01-01"),
    max: new Date("2099-12-31"),
    noInvalidDate: true,
  }).map((time) => time.toISOString().slice(0, 10));
  fc.assert(fc.property(dates, fc.integer({ min: 1, max: 1_400 }), (to, days) => {
    const days7 = (Date.parse(to) - Date.parse(resolve({ period: `${days}wk`, to }).from)) / 864e5;
    const days1 = (Date.parse(to) - Date.parse(resolve({ period: `${days}d`, to }).from)) / 864e5;
    assertEquals([days1, days7], [days - 1, 7 * days - 1]);
  }));
});

Deno.test("parseDate() takes a date of the calendar in ISO form", () => {
  for (const date of ["2024-02-29", "2000-02-29", "1999-12-31"]) {
    assertEquals(parseDate(date), date);
  }
});

Deno.test("parseDate() refuses every other text", () => {
  const texts =
    "2024-02-30 2023-02-29 1900-02-29 2024-13-01 2024-00-01 2024-01-00 2024-1-1 24-01-01 " +
    "20240101 2024/01/01 2024-01-01T00:00 +002024-01-01 today 1704067200";
  for (const text of ["", " 2024-01-01", "2024-01-01\n", ...texts.split(" ")]) {
    assertThrows(() => parseDate(text), UsageError, "Cannot read date ");
  }
});
