import { assertEquals } from "@std/assert";
import { findingsTable, renderCheck, renderPlaceCheck } from "../../../lib/cli/render/check.ts";
import { PLAIN, renderTable, type Style } from "../../../lib/cli/render/style.ts";
import type { Finding, SymbolCheck } from "../../../mod.ts";

const SIGNS: Style = { signs: true, color: false };
const DATES = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11"];

function checkOf(findings: readonly Finding[], changes: Partial<SymbolCheck> = {}): SymbolCheck {
  return {
    dataset: "us_stocks_sip/day_aggs_v1",
    ticker: "TSLA",
    period: { from: "2024-03-01", to: "2024-03-12" },
    dates: DATES,
    cached: 6,
    bars: 6,
    from: "2024-03-04",
    to: "2024-03-11",
    findings,
    ...changes,
  };
}

const notCached = (date: string): Finding => ({
  kind: "not-cached",
  severity: "problem",
  dates: [date],
  key: `us_stocks_sip/day_aggs_v1/2024/03/${date}.csv.gz`,
  text: "the file is not cached",
});

const table = (check: SymbolCheck, style = SIGNS) => {
  const { headings, rows } = findingsTable({ TSLA: check }, { heading: "SYMBOL", style });
  return renderTable(headings, rows);
};

Deno.test("findingsTable() joins dates to spans that reach over no date which is well", () => {
  const dates = ["2024-03-04", "2024-03-05", "2024-03-08", "2024-03-11"];
  const check = checkOf(dates.map(notCached));
  assertEquals(table(check), [
    "SYMBOL  SEVERITY  FINDING     DAYS  DATES",
    "TSLA    problem   not cached     4  2024-03-04 … 2024-03-05, 2024-03-08 … 2024-03-11",
  ]);
  assertEquals(table(check, PLAIN)[1], table(check)[1]!.replaceAll("…", "..."));
});

Deno.test("findingsTable() has the worst first, and of a single finding its own words", () => {
  const findings: Finding[] = [
    {
      kind: "after-last-bar",
      severity: "note",
      dates: ["2024-03-11"],
      text: "no bar any more: delisted, or under another ticker",
    },
    {
      kind: "gap",
      severity: "warning",
      dates: ["2024-03-05", "2024-03-06"],
      text: "no bar in 2 files in a row; every other file has one",
    },
    {
      kind: "high-below-low",
      severity: "problem",
      dates: ["2024-03-07"],
      text: "high 1 is below low 2",
    },
  ];
  assertEquals(table(checkOf(findings)), [
    "SYMBOL  SEVERITY  FINDING                                               DAYS  DATES",
    "TSLA    problem   high 1 is below low 2                                    1  2024-03-07",
    "TSLA    warning   no bar in 2 files in a row; every other file has one     2  " +
    "2024-03-05 … 2024-03-06",
    "TSLA    note      no bar any more: delisted, or under another ticker       1  2024-03-11",
  ]);
});

Deno.test("findingsTable() has no row of what is clean", () => {
  assertEquals(findingsTable({ TSLA: checkOf([]) }, { heading: "SYMBOL", style: SIGNS }).rows, []);
});

const lines = (check: SymbolCheck, style = SIGNS) =>
  renderCheck({ symbols: { TSLA: check }, listedAtMs: 0 }, { nowMs: 180_000, style });

Deno.test("renderCheck() tells that a symbol is clean", () => {
  assertEquals(lines(checkOf([])), [
    "✅ TSLA: clean; 6 bars in 6 files, 2024-03-04 to 2024-03-11 (bucket listed 3 minutes ago)",
  ]);
});

Deno.test("renderCheck() counts each row of the table once; notes alone are clean", () => {
  const note: Finding = { kind: "no-bar", severity: "note", dates: ["2024-03-05"], text: "" };
  const notes = lines(checkOf([note, note], { bars: 4 }))[0]!;
  assertEquals(notes.slice(0, notes.indexOf(";")), "✅ TSLA: clean, 1 note");
  const gap: Finding = { ...note, kind: "gap", severity: "warning" };
  const findings = [gap, note, ...DATES.slice(2).map(notCached)];
  assertEquals(lines(checkOf(findings, { cached: 2, bars: 0, from: null, to: null }), PLAIN), [
    "TSLA: 1 problem, 1 warning, 1 note; 0 bars in 2 of 6 files (bucket listed 3 minutes ago)",
  ]);
});

Deno.test("renderCheck() says of a symbol that nothing of it is cached", () => {
  const nothing = { cached: 0, bars: 0, from: null, to: null };
  assertEquals(lines(checkOf(DATES.map(notCached), nothing), PLAIN), [
    "TSLA: 1 problem; nothing of 6 files is cached (bucket listed 3 minutes ago)",
  ]);
});

Deno.test("renderPlaceCheck() counts rows where there are any, as copies have no count", () => {
  const lineOf = (rows: number) => {
    const check = { dates: DATES, exported: 6, objects: 6, bytes: 6000, rows, findings: [] };
    return renderPlaceCheck({ datasets: { "a/b": check }, clean: true }, PLAIN)[0];
  };
  assertEquals([0, 1, 4711].map(lineOf), [
    "a/b: clean; 6 files in 6 objects, 6 kB",
    "a/b: clean; 6 files in 6 objects, 1 row, 6 kB",
    "a/b: clean; 6 files in 6 objects, 4,711 rows, 6 kB",
  ]);
});

Deno.test("renderCheck() makes a symbol from outside printable", () => {
  const symbols = { "\x1b[31mX": checkOf([]) };
  const [line] = renderCheck({ symbols, listedAtMs: 0 }, { nowMs: 0, style: PLAIN });
  assertEquals(line?.includes("\x1b"), false);
});
