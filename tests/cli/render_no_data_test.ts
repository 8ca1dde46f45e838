import { assertEquals } from "@std/assert";
import { PLAIN } from "../../lib/cli/style.ts";
import { type EmptySymbol, renderNoData } from "../../lib/cli/render_no_data.ts";

function empty(symbol: string, facts: Partial<EmptySymbol> = {}): EmptySymbol {
  return { symbol, files: 60, dataset: "us_options_opra/day_aggs_v1", ...facts };
}

Deno.test("renderNoData() has a line for all of whom the same is true", () => {
  const suggestions = ["TSLA"];
  const period = { from: "2025-01-04", to: "2025-01-04" };
  const all = [
    empty("TSLX", { suggestions }),
    empty("AAAA"),
    empty("TSLS", { suggestions }),
    empty("BBBB"),
    empty("MSFT", { files: 0, period }),
    empty("O:ZZ*", { files: 1, tickers: {} }),
    ...["CCCC", "DDDD", "EEEE", "FFFF"].map((symbol) => empty(symbol, { suggestions: [] })),
  ];
  assertEquals(renderNoData(all, { signs: true, color: false }), [
    "❓ No data: TSLX, TSLS are in none of the 60 files; did you mean TSLA?",
    "❓ No data: AAAA, BBBB, … (6 symbols) are in none of the 60 files",
    "❓ No data: the bucket has no file for MSFT on 2025-01-04",
    "❓ No data: no ticker matches O:ZZ* in 1 file of us_options_opra/day_aggs_v1",
  ]);
  assertEquals(renderNoData([], PLAIN), []);
});

Deno.test("renderNoData() counts the lines beyond ten, and lets no control character through", () => {
  const of = (n: number) => empty(`S${n}`, { suggestions: [`\x1b${n}`] });
  const lines = renderNoData(Array.from({ length: 13 }, (_, n) => of(n)), PLAIN);
  assertEquals(lines[0], "No data: S0 is in none of the 60 files; did you mean \\u{1b}0?");
  assertEquals([lines.length, lines[10]], [11, "... and 3 more; --json names all"]);
});
