import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { formatBars, type FormatOptions, OUTPUT_FORMATS } from "../../lib/output/format.ts";
import { anyBatches, AWKWARD, BAR, bytesOf, named, readerOf } from "./samples.ts";

for (const format of OUTPUT_FORMATS) {
  const read = readerOf(format);

  Deno.test(`formatBars() as ${format} is read back to exactly the same bars`, async () => {
    await fc.assert(fc.asyncProperty(anyBatches, async (batches) => {
      assertEquals(await read(await bytesOf(batches, format)), named(batches));
    }));
  });

  Deno.test(`formatBars() as ${format} keeps awkward numbers to the last bit`, async () => {
    const batches = [{ symbol: "X:APENFT-USD", bars: AWKWARD }];
    const rows = await read(await bytesOf(batches, format));
    assertEquals(rows, named(batches));
    assertEquals(rows[1]!.high, -0);
    assertEquals(rows[2]!.high, 0);
  });

  Deno.test(`formatBars() as ${format} of no bars is a file without rows`, async () => {
    for (const batches of [[], [{ symbol: "TSLA", bars: [] }]]) {
      assertEquals(await read(await bytesOf(batches, format)), []);
    }
  });

  Deno.test(`formatBars() as ${format} has a ticker of each bar where that is asked for`, async () => {
    const batches = [{ symbol: "META", ticker: "FB", bars: AWKWARD }, {
      symbol: "META",
      ticker: 'M"E,T',
      bars: [BAR],
    }, { symbol: "TSLA", bars: [BAR] }];
    const write = (options: FormatOptions) => bytesOf(batches, format, options);
    const want = named(batches);
    const tickers = [...AWKWARD.map(() => "FB"), 'M"E,T', "TSLA"];
    assertEquals(
      await read(await write({ tickers: true })),
      want.map((bar, i) => ({ ...bar, ticker: tickers[i]! })),
    );
    assertEquals(await read(await write({ tickers: false })), want);
  });

  Deno.test(`formatBars() as ${format} keeps the order of many symbols and their bars`, async () => {
    const batches = Array.from({ length: 300 }, (_, n) => ({
      symbol: `S${(n * 7) % 300}`,
      bars: Array.from({ length: n % 4 }, (_, i) => ({ ...BAR, timestamp: i * 1_000 })),
    }));
    assertEquals(await read(await bytesOf(batches, format)), named(batches));
  });

  Deno.test(`formatBars() as ${format} takes batches as they come`, async () => {
    const batches = [{ symbol: "A", bars: [BAR, BAR] }, { symbol: "B", bars: [BAR] }];
    async function* later() {
      for (const batch of batches) yield await Promise.resolve(batch);
    }
    assertEquals(await bytesOf(later(), format), await bytesOf(batches, format));
  });
}

for (const format of ["csv.gz", "csv.zst"] as const) {
  Deno.test(`formatBars() as ${format} passes a failure of the batches on`, async () => {
    function* failing() {
      yield { symbol: "A", bars: [BAR] };
      throw new Error("no more");
    }
    await assertRejects(() => bytesOf(failing(), format), Error, "no more");
  });

  Deno.test(`formatBars() as ${format} ends its batches when nobody reads on`, async () => {
    let ended = false;
    function* endless() {
      try {
        // What hardly shrinks fills a block soon.
        for (let i = 1;; i++) yield { symbol: "A", bars: [{ ...BAR, close: Math.sin(i) }] };
      } finally {
        ended = true;
      }
    }
    for await (const chunk of formatBars(endless(), format)) if (chunk.length > 0) break;
    assert(ended);
  });
}
