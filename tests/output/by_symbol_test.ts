import { assertEquals, assertRejects } from "@std/assert";
import type { BarBatch } from "../../lib/market/bar.ts";
import { bySymbol } from "../../lib/output/by_symbol.ts";
import { BAR } from "./samples.ts";

const batch = (symbol: string, ...opens: number[]): BarBatch => ({
  symbol,
  bars: opens.map((open) => ({ ...BAR, open })),
});

Deno.test("bySymbol() parts batches where the symbol changes, and drops empty ones", async () => {
  const batches = [
    batch("E"),
    batch("A", 1, 2),
    batch("A"),
    batch("A", 3),
    batch("B", 4),
    batch("F"),
  ];
  const parts: [string, number[]][] = [];
  for await (const { symbol, batches: own } of bySymbol(batches)) {
    const bars = (await Array.fromAsync(own)).flatMap(({ bars }) => bars);
    parts.push([symbol, bars.map(({ open }) => open)]);
  }
  assertEquals(parts, [["A", [1, 2, 3]], ["B", [4]]]);
});

Deno.test("bySymbol() takes no batch before it is asked for, and tells when none is wanted", async () => {
  let taken = 0;
  let isEnded = false;
  async function* source() {
    try {
      for (const symbol of ["A", "A", "B", "C"]) {
        taken++;
        yield await Promise.resolve(batch(symbol, taken));
      }
    } finally {
      isEnded = true;
    }
  }
  for await (const { batches: own } of bySymbol(source())) {
    assertEquals(taken, 1);
    assertEquals((await Array.fromAsync(own)).length, 2);
    break;
  }
  assertEquals([taken, isEnded], [3, true]);
});

Deno.test("bySymbol() passes on what its source throws", async () => {
  function* source() {
    yield batch("A", 1);
    throw new Error("no more");
  }
  const read = async () => {
    for await (const { batches: own } of bySymbol(source())) await Array.fromAsync(own);
  };
  await assertRejects(read, Error, "no more");
});
