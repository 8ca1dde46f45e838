import { assertEquals } from "@std/assert";
import { tradingDays } from "../../fixtures/calendar.ts";
import { tradingDaysBetween } from "../../lib/market/trading_days.ts";

Deno.test("tradingDaysBetween() has the exchange's days of every year that the vendor has, and 40 more", () => {
  const between = [...tradingDaysBetween("2002-12-31", "2066-01-01")];
  assertEquals(between, tradingDays("2003-01-01", "2065-12-31"));
  // As NYSE has published them: 250 to 253 a year.
  const counts = Map.groupBy(between, (date) => date.slice(0, 4));
  const published = { 2003: 252, 2012: 250, 2018: 251, 2020: 253, 2022: 251, 2024: 252, 2025: 250 };
  for (const [year, count] of Object.entries(published)) {
    assertEquals(counts.get(year)!.length, count, year);
  }
});

Deno.test("tradingDaysBetween() is without both dates", () => {
  assertEquals([...tradingDaysBetween("2022-11-23", "2022-11-28")], ["2022-11-25"]);
  assertEquals([...tradingDaysBetween("2024-03-08", "2024-03-11")], []);
  assertEquals([...tradingDaysBetween("2024-03-08", "2024-03-08")], []);
});
