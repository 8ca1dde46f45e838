import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { levelOf, roundTicks, scaleOf } from "../../../lib/cli/chart/grid.ts";

const ticks = (low: number, high: number, most: number, decimals = 2) =>
  roundTicks({ low, high, levels: 10 }, { most, decimals })
    .map((tick) => tick.toFixed(decimals));

Deno.test("roundTicks() gives round prices", () => {
  assertEquals(ticks(101.3, 248.9, 4), ["150.00", "200.00"]);
  assertEquals(
    ticks(101.3, 248.9, 8),
    ["120.00", "140.00", "160.00", "180.00"].concat(
      ["200.00", "220.00", "240.00"],
    ),
  );
  assertEquals(ticks(0.1, 1, 4), ["0.25", "0.50", "0.75", "1.00"]);
  assertEquals(ticks(1.0312, 1.0398, 3, 4), ["1.0325", "1.0350", "1.0375"]);
  assertEquals(ticks(10, 10.04, 9), ["10.00", "10.01", "10.02", "10.03", "10.04"]);
});

Deno.test("roundTicks() stays within the scale and the number", () => {
  const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  fc.assert(fc.property(price, price, fc.integer({ min: 1, max: 30 }), (a, b, most) => {
    const scale = scaleOf([a, b], 20);
    const found = roundTicks(scale, { most, decimals: 2 });
    assertLessOrEqual(found.length, most);
    const slack = 1e-9 * scale.high;
    assert(found.every((tick) => tick >= scale.low - slack && tick <= scale.high + slack));
  }));
});

Deno.test("scaleOf() puts the outermost prices at the outermost levels", () => {
  const scale = scaleOf([3, 9, 5], 13);
  assertEquals([9, 3, 6].map((price) => levelOf(price, scale)), [0, 12, 6]);
});

Deno.test("scaleOf() of one price puts it in the middle", () => {
  assertEquals(levelOf(7, scaleOf([7], 11)), 5);
  assertEquals(levelOf(0, scaleOf([0, 0], 11)), 5);
});
