import { assertEquals, assertThrows } from "@std/assert";
import { DecimalSum, mergeBars } from "../../lib/market/resample.ts";

const BAR = { date: "2024-03-07", timestamp: 1, open: 5, high: 9, low: 4, close: 6 };

Deno.test("mergeBars() keeps the first open, the extremes and the last close, and sums", () => {
  const bars = [
    { ...BAR, volume: 10, transactions: 1 },
    { ...BAR, timestamp: 2, open: 6, high: 7, low: 3, close: 4, volume: 20.5, transactions: 2 },
    { ...BAR, timestamp: 3, open: 4, high: 12, low: 4, close: 8, volume: 1, transactions: 3 },
  ];
  assertEquals(mergeBars(bars), {
    ...BAR,
    high: 12,
    low: 3,
    close: 8,
    volume: 31.5,
    transactions: 6,
  });
});

Deno.test("mergeBars() has no volume where no bar has one", () => {
  const none = { ...BAR, volume: null, transactions: null };
  const { volume, transactions } = mergeBars([none, none]);
  assertEquals([volume, transactions], [null, null]);
  assertEquals(mergeBars([none, { ...none, volume: 3 }]).volume, 3);
});

Deno.test("mergeBars() of no bar throws", () => {
  assertThrows(() => mergeBars([]), RangeError, "Cannot merge bars");
});

function sumOf(values: readonly (number | null)[]): number | null {
  const sum = new DecimalSum();
  for (const value of values) sum.add(value);
  return sum.value;
}

Deno.test("DecimalSum gives what the decimals sum up to, in any order", () => {
  for (
    const [values, sum] of [
      [[0.1, 0.2], 0.3],
      [Array(1_000).fill(0.1), 100],
      [[11_717_515.58, 0.001, 0.00394], 11_717_515.58494],
      [[12_345_678.123_456_77, 0.000_000_01], 12_345_678.123_456_78],
      [[1e15, ...Array(10).fill(0.1)], 1e15 + 1],
      [[100, 250], 350],
      [[1e-7, 2e-7, 1.5e-9], 3.015e-7],
    ] as const
  ) {
    assertEquals(sumOf(values), sum);
    assertEquals(sumOf(values.toReversed()), sum);
  }
});

Deno.test("DecimalSum agrees with whole numbers of hundred-millionths", () => {
  let units = 0;
  const sum = new DecimalSum();
  for (let i = 1; i <= 20_000; i++) {
    const one = i * 7_919_993 % 1_000_003;
    units += one;
    sum.add(one / 1e8);
    if (i > 1) assertEquals(sum.value, units / 1e8);
  }
});

Deno.test("DecimalSum leaves a single number as it is, and null where there is none", () => {
  assertEquals(sumOf([0.1 + 0.2]), 0.1 + 0.2);
  assertEquals(sumOf([null, 5, null]), 5);
  assertEquals(sumOf([null, null]), null);
  assertEquals(sumOf([]), null);
  assertEquals(sumOf([Number.MAX_VALUE, Number.MAX_VALUE]), Infinity);
});
