import { assertEquals } from "@std/assert";
import type { Bar } from "../../lib/market/bar.ts";
import { resultBars } from "../../lib/load/result_bars.ts";

function* barsFrom(first: number, count: number): Generator<Bar> {
  for (let timestamp = first; timestamp < first + count; timestamp++) {
    const prices = { open: 1, high: 1, low: 1, close: 1 };
    yield { date: "2024-03-07", timestamp, ...prices, volume: 1, transactions: 1 };
  }
}

/** Two symbols, and how often their bars were made. */
function readTwice() {
  const reads = { A: 0, B: 0 };
  const result = resultBars([
    { symbol: "A", ticker: "A", read: () => (reads.A++, barsFrom(0, 10_000)) },
    { symbol: "B", ticker: "B", read: () => (reads.B++, barsFrom(50, 3)) },
  ]);
  return { reads, ...result };
}

Deno.test("resultBars() makes a symbol's bars when they are first read, and keeps them", () => {
  const { reads, bars } = readTwice();
  assertEquals(Object.keys(bars), ["A", "B"]);
  assertEquals(reads, { A: 0, B: 0 });
  assertEquals(bars["B"]!.map(({ timestamp }) => timestamp), [50, 51, 52]);
  assertEquals(bars["B"] === bars["B"], true);
  assertEquals(reads, { A: 0, B: 1 });
  assertEquals({ ...bars }["A"]!.length, 10_000);
});

Deno.test("resultBars() gives the same bars in batches, of all symbols or in another order", () => {
  const { bars, batches } = readTwice();
  for (const wanted of [undefined, ["B", "A"], ["B"], []]) {
    const found = new Map<string, Bar[]>();
    for (const { symbol, bars } of batches(wanted)) {
      found.set(symbol, [...found.get(symbol) ?? [], ...bars]);
    }
    assertEquals([...found], (wanted ?? ["A", "B"]).map((symbol) => [symbol, bars[symbol]]));
  }
  assertEquals([...batches(["C"])], []);
});
