import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { checkHours, parseHours, regularSession, zoneOf } from "../../lib/market/hours.ts";
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

Deno.test("regularSession() has 09:30 to before 16:00 in New York, in summer and in winter", () => {
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
    const isRegular = regularSession();
    for (const [iso, expected] of order) assertEquals(isRegular(Date.parse(iso)), expected, iso);
  }
});
