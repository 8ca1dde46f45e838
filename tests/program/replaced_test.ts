/** What a run does about an object that is replaced after it was listed, where only some lack it. */

import { assertEquals } from "@std/assert";
import { generateOptionDays, generateStockDays } from "../../fixtures/flat_files.ts";
import { QUARTER, stockFiles, World } from "./harness.ts";

const UNKEPT = { ...QUARTER, keepLimitBytes: 0 };

for (
  const [what, cachedTo] of [["partly", "2025-02-14"], ["whole", QUARTER.to]] as const
) {
  Deno.test(`preload() has each bar of a symbol that is cached, ${what}, when another's file was replaced`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    await world.load(["TSLA"], { ...UNKEPT, to: cachedTo });
    const date = files.dates[0]!;
    const other = generateStockDays({ ...QUARTER, tickers: 40, seed: 2 });
    world.s3.objects.put(files.keyOf(date), other.file(date).bytes);
    const { bars, summary } = await world.load(["AAPL", "TSLA"], UNKEPT);
    assertEquals(bars.AAPL, [other.truth("AAPL")[0]!, ...files.truth("AAPL").slice(1)]);
    assertEquals(bars.TSLA, files.truth("TSLA"));
    assertEquals(summary.complete, true);
    const next = await world.load(["TSLA"], UNKEPT);
    assertEquals(next.bars.TSLA, [other.truth("TSLA")[0]!, ...files.truth("TSLA").slice(1)]);
    assertEquals(next.summary.files.downloaded, 1);
  });
}

Deno.test("preload() has each bar of a family that is cached when another's file was replaced", async () => {
  const span = { from: "2025-11-18", to: "2025-11-26" };
  const files = generateOptionDays(span);
  await using world = await World.open([files]);
  const before = await world.load(["O:SPY*"], { ...span, keepLimitBytes: 0 });
  const other = generateOptionDays({ ...span, seed: 2 });
  world.s3.objects.put(files.keyOf(files.dates[0]!), other.file(files.dates[0]!).bytes);
  const { batches, summary } = await world.load(["O:TSLA*", "O:SPY*"], {
    ...span,
    keepLimitBytes: 0,
  });
  const ofSpy = Array.from(batches()).filter(({ symbol }) => symbol.startsWith("O:SPY"));
  assertEquals(ofSpy, Array.from(before.batches()));
  assertEquals(summary.complete, true);
});
