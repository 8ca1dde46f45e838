import { assert, assertEquals } from "@std/assert";
import { candleScale, drawCandles } from "../../../lib/cli/chart/candles.ts";
import { intoColumns } from "../../../lib/cli/chart/grid.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import type { Bar } from "../../../mod.ts";
import { day, zigzag } from "./bars.ts";

const SIGNS = { signs: true, color: false };

/** The glyphs of the only candle, from the top, when the scale is that of other bars too. */
function candle(bar: Bar, { of, rows }: { of: readonly Bar[]; rows: number }): string {
  const scale = candleScale(intoColumns([bar, ...of], 99), rows, SIGNS);
  const grid = drawCandles(intoColumns([bar], 1), { scale, rows, style: SIGNS });
  return grid.map(([cell]) => cell!.glyph).join("");
}

Deno.test("drawCandles() tells the halves of a row apart", () => {
  const of = [{ ...day(0, [0, 0]), low: 0, high: 7 }];
  const bar = (open: number, close: number, [low, high]: [number, number]) =>
    candle({ ...day(0, [open, close]), low, high }, { of, rows: 4 });
  assertEquals(bar(0, 7, [0, 7]), "┃┃┃┃");
  assertEquals(bar(7, 0, [0, 7]), "████");
  assertEquals(bar(1, 6, [1, 6]), "╻┃┃╹");
  assertEquals(bar(6, 1, [1, 6]), "▄██▀");
  assertEquals(bar(1, 6, [0, 7]), "╽┃┃╿");
  assertEquals(bar(6, 1, [0, 7]), "▄██▀");
  assertEquals(bar(3, 4, [1, 6]), "╷╽╿╵");
  assertEquals(bar(4, 4, [4, 4]), " ╻  ");
});

Deno.test("drawCandles() draws the highest and the lowest price in the outermost rows", () => {
  for (const count of [1, 3, 37, 250, 1255]) {
    for (const rows of [2, 7, 18, 50]) {
      for (const style of [SIGNS, PLAIN]) {
        const columns = intoColumns(zigzag(count), 66);
        const scale = candleScale(columns, rows, style);
        const grid = drawCandles(columns, { scale, rows, style });
        assertEquals(grid.length, rows);
        for (const row of [grid[0]!, grid.at(-1)!]) {
          assert(row.some(({ glyph }) => glyph !== " "));
        }
      }
    }
  }
});

Deno.test("drawCandles() says by the shape what it says by the color", () => {
  const columns = intoColumns(zigzag(250), 66);
  const scale = candleScale(columns, 20, SIGNS);
  const cells = drawCandles(columns, { scale, rows: 20, style: SIGNS }).flat();
  const tonesOf = (shape: RegExp) => {
    const shaped = cells.filter(({ glyph }) => shape.test(glyph));
    return [...new Set(shaped.map(({ tone }) => tone))];
  };
  assertEquals([tonesOf(/[┃╹╻╽╿]/), tonesOf(/[█▀▄]/)], [["up"], ["down"]]);
});

Deno.test("intoColumns() keeps every bar's prices and volume", () => {
  const bars = zigzag(1255);
  for (const room of [8, 66, 180, 1255, 2000]) {
    const { bars: merged, barsEach, width } = intoColumns(bars, room);
    assert(width <= room);
    assertEquals(merged.length, Math.ceil(bars.length / barsEach));
    merged.forEach((bar, i) => {
      const of = bars.slice(i * barsEach, (i + 1) * barsEach);
      assertEquals([bar.date, bar.open, bar.close], [of[0]!.date, of[0]!.open, of.at(-1)!.close]);
      assertEquals(bar.high, Math.max(...of.map(({ high }) => high)));
      assertEquals(bar.low, Math.min(...of.map(({ low }) => low)));
      assertEquals(bar.volume, of.reduce((sum, { volume }) => sum + volume!, 0));
    });
  }
});
