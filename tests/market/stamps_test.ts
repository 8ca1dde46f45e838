import { assertEquals } from "@std/assert";
import { spanOfDate } from "../../lib/market/stamps.ts";
import type { Zone } from "../../lib/market/hours.ts";

const hours = (date: string, zone: Zone) => {
  const { startMs, endMs } = spanOfDate(date, zone);
  return [new Date(startMs).toISOString().slice(11, 16), (endMs - startMs) / 3_600_000];
};

Deno.test("spanOfDate() knows summer, winter and the days between", () => {
  const zone = "America/New_York";
  assertEquals(hours("2024-03-07", zone), ["05:00", 24]);
  assertEquals(hours("2024-03-10", zone), ["05:00", 23]);
  assertEquals(hours("2024-07-01", zone), ["04:00", 24]);
  assertEquals(hours("2024-11-03", zone), ["04:00", 25]);
  assertEquals(hours("2024-03-10", "UTC"), ["00:00", 24]);
});
