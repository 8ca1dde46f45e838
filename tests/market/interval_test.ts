import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { type Interval, lengthOf, parseInterval, sourceOf } from "../../lib/market/interval.ts";

const MINUTES: readonly Interval[] = ["1m", "2m", "5m", "15m", "30m", "1h"];
const DAYS: readonly Interval[] = ["1d", "1wk", "1mo"];

Deno.test("parseInterval() takes each interval in any case, with white space around it", () => {
  for (const interval of [...MINUTES, ...DAYS]) {
    assertEquals(parseInterval(interval), interval);
    assertEquals(parseInterval(` ${interval}\n`), interval);
  }
  const typed = ["1D", "1H", "1WK", "1Mo", "1MO"];
  assertEquals(typed.map(parseInterval), ["1d", "1h", "1wk", "1mo", "1mo"]);
});

Deno.test("parseInterval() calls sixty minutes an hour", () => {
  assertEquals(parseInterval("60m"), "1h");
});

Deno.test("parseInterval() refuses what is no interval, and says which there are", () => {
  for (const text of ["", "d", "2d", "1", "1dd", "90m", "1w", "1y", "constructor", "1\u0000d"]) {
    const wanted = "want 1m, 2m, 5m, 15m, 30m, 1h, 1d, 1wk or 1mo";
    const error = assertThrows(() => parseInterval(text), UsageError, wanted);
    assertEquals(error.message.startsWith("Cannot read interval "), true);
  }
});

Deno.test("parseInterval() refuses 1M, which is a month elsewhere", () => {
  for (const text of ["1M", "5M", "60M"]) {
    assertThrows(() => parseInterval(text), UsageError, "want m for minutes or mo for a month");
  }
});

Deno.test("sourceOf() makes minutes and hours from minutes, all else from days", () => {
  assertEquals(MINUTES.map(sourceOf), MINUTES.map(() => "1m"));
  assertEquals(DAYS.map(sourceOf), DAYS.map(() => "1d"));
});

Deno.test("lengthOf() counts in minutes, or names a unit of the calendar", () => {
  assertEquals(lengthOf("1h"), { unit: "minutes", minutes: 60 });
  assertEquals(lengthOf("1mo"), { unit: "month" });
});
