import { assertEquals } from "@std/assert";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import {
  type EmptySymbol,
  renderFindings,
  renderNoData,
} from "../../../lib/cli/render/findings.ts";

const SIGNS = { signs: true, color: false };

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
  assertEquals(renderNoData(all, SIGNS), [
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
  assertEquals(lines[0], "No data: S0 is in none of the 60 files; did you mean $'\\U0000001b0'?");
  assertEquals([lines.length, lines[10]], [11, "... and 3 more; --json names all"]);
});

const jump = (year: number, severity: "note" | "warning" = "note") => ({
  kind: "split-like-jump" as const,
  severity,
  dates: [`${year}-08-31`],
  ratio: "3:1",
  text: "the price jumps as at a split of 3:1",
});

Deno.test("renderFindings() of jumps that are not adjusted names the last three and the option", () => {
  const rows: [number[], string][] = [
    [[2022], "2022-08-31 (3:1)"],
    [[2019, 2020, 2021], "2019-08-31 (3:1), 2020-08-31 (3:1), 2021-08-31 (3:1)"],
    [
      [2018, 2019, 2020, 2021, 2022],
      "2 more, 2020-08-31 (3:1), 2021-08-31 (3:1), 2022-08-31 (3:1)",
    ],
  ];
  for (const [years, dates] of rows) {
    const findings = years.map((year) => jump(year));
    assertEquals(renderFindings([{ symbol: "TSLA", findings }], SIGNS), [
      `❗ TSLA jumps as at a split on ${dates}; prices are not adjusted (--adjust splits does)`,
    ]);
  }
});

Deno.test("renderFindings() says warnings before notes, each once for all of whom it is true", () => {
  const note = { ...jump(2021), kind: "split-corrected" as const, text: "a note" };
  const findings = [note, jump(2022, "warning")];
  const lines = renderFindings([{ symbol: "A", findings }, { symbol: "B", findings }], PLAIN);
  assertEquals(lines, [
    "A, B: 2022-08-31: the price jumps as at a split of 3:1",
    "A, B: 2021-08-31: a note",
  ]);
});
