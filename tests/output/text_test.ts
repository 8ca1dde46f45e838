import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseCsv } from "../lib/deps/deno_std.ts";
import type { Bar } from "../lib/market/bar.ts";
import { formatBars, type OutputFormat } from "../lib/output.ts";

type Bars = Readonly<Record<string, readonly Bar[]>>;

const HEADER = "symbol,date,timestamp,open,high,low,close,volume,transactions";

const BAR: Bar = {
  date: "2024-03-07",
  timestamp: Date.parse("2024-03-07T05:00:00Z"),
  open: 174.35,
  high: 180.04,
  low: 173.7,
  close: 178.65,
  volume: 102129047.5,
  transactions: 1074534,
};

const text = (bars: Bars, format: OutputFormat) => [...formatBars(bars, format)].join("");

Deno.test("formatBars() writes CSV with a header", () => {
  assertEquals(
    text({ TSLA: [BAR] }, "csv"),
    `${HEADER}\nTSLA,2024-03-07,2024-03-07T05:00:00Z,174.35,180.04,173.7,178.65,102129047.5,1074534\n`,
  );
});

Deno.test("formatBars() writes NDJSON, one object a line", () => {
  const line = '{"symbol":"TSLA","date":"2024-03-07","timestamp":"2024-03-07T05:00:00Z",' +
    '"open":174.35,"high":180.04,"low":173.7,"close":178.65,"volume":102129047.5,' +
    '"transactions":1074534}\n';
  assertEquals(text({ TSLA: [BAR] }, "ndjson"), line);
  assertEquals(text({ TSLA: [BAR, BAR] }, "ndjson"), line + line);
});

Deno.test("formatBars() writes JSON as one array, one object a line", () => {
  const line = text({ TSLA: [BAR] }, "ndjson").trimEnd();
  assertEquals(text({ TSLA: [BAR] }, "json"), `[\n${line}\n]\n`);
  assertEquals(text({ TSLA: [BAR, BAR] }, "json"), `[\n${line},\n${line}\n]\n`);
});

Deno.test("formatBars() of no bars is still a file of its format", () => {
  for (const bars of [{}, { TSLA: [] }, { TSLA: [], AAPL: [] }] as Bars[]) {
    assertEquals(text(bars, "csv"), `${HEADER}\n`);
    assertEquals(text(bars, "ndjson"), "");
    assertEquals(JSON.parse(text(bars, "json")), []);
  }
});

Deno.test("formatBars() keeps the order of the symbols, and skips those without a bar", () => {
  const bars = { TSLA: [BAR], NONE: [], AAPL: [BAR], "^GSPC": [], "EURUSD=X": [BAR] };
  const symbols = ["TSLA", "AAPL", "EURUSD=X"];
  assertEquals(
    text(bars, "csv").trimEnd().split("\n").slice(1).map((row) => row.split(",")[0]!),
    symbols,
  );
  const parsed: { symbol: string }[] = JSON.parse(text(bars, "json"));
  assertEquals(parsed.map(({ symbol }) => symbol), symbols);
});

Deno.test("formatBars() leaves a missing number empty in CSV and writes null elsewhere", () => {
  const bars = { "^GSPC": [{ ...BAR, volume: null, transactions: null }] };
  assertEquals(text(bars, "csv").split("\n")[1]!.split(",").slice(-3), ["178.65", "", ""]);
  const [parsed] = JSON.parse(text(bars, "json"));
  assertEquals([parsed.volume, parsed.transactions], [null, null]);
});

Deno.test("formatBars() tells nothing apart from a missing number", () => {
  const bars = { A: [{ ...BAR, volume: 0, transactions: 0 }] };
  assertEquals(text(bars, "csv").split("\n")[1]!.split(",").slice(-2), ["0", "0"]);
});

Deno.test("formatBars() writes a stamp's fraction only where there is one", () => {
  const stamps = [
    [0, "1970-01-01T00:00:00Z"],
    [1, "1970-01-01T00:00:00.001Z"],
    [-68400000, "1969-12-31T05:00:00Z"],
    [8.64e15, "+275760-09-13T00:00:00Z"],
  ] as const;
  for (const [timestamp, want] of stamps) {
    assertEquals(text({ A: [{ ...BAR, timestamp }] }, "csv").split(",")[10], want);
  }
});

Deno.test("formatBars() gives many bars in parts that are right together", () => {
  const bars = Array.from({ length: 2_500 }, (_, i) => ({ ...BAR, volume: i }));
  const parts = [...formatBars({ A: bars, B: bars }, "json")];
  assertEquals(parts.length > 3, true);
  const parsed: { symbol: string; volume: number }[] = JSON.parse(parts.join(""));
  assertEquals(parsed.map(({ symbol, volume }) => `${symbol}${volume}`), [
    ...bars.map(({ volume }) => `A${volume}`),
    ...bars.map(({ volume }) => `B${volume}`),
  ]);
  assertEquals(text({ A: bars, B: bars }, "csv").split("\n").length, 5_002);
});

const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const bar: fc.Arbitrary<Bar> = fc.record({
  date: fc.constantFrom("2024-03-07", "2003-09-10", "1999-12-31"),
  timestamp: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  open: double,
  high: double,
  low: double,
  close: double,
  volume: fc.option(double),
  transactions: fc.option(double),
});
const symbol = fc.constantFrom("TSLA", "BRK-B", "BTC-USD", "EURUSD=X", "^GSPC", "X:BTCUSD", "NULL");

/** What any reader makes of a format's text: rows of text, or of JSON values. */
const READERS: Readonly<Record<OutputFormat, (text: string) => Record<string, unknown>[]>> = {
  csv: (text) => {
    const [names = [], ...rows] = parseCsv(text);
    return rows.map((row) =>
      Object.fromEntries(names.map((name, i) => {
        const isNumber = i > 2;
        return [name, isNumber ? row[i] === "" ? null : Number(row[i]) : row[i]];
      }))
    );
  },
  ndjson: (text) => text.split("\n").slice(0, -1).map((line) => JSON.parse(line)),
  json: (text) => JSON.parse(text),
};

for (const format of ["csv", "ndjson", "json"] as const) {
  Deno.test(`formatBars() as ${format} is read back to exactly the same bars`, () => {
    fc.assert(fc.property(fc.dictionary(symbol, fc.array(bar)), (bars) => {
      const read = READERS[format](text(bars, format)).map(({ symbol, timestamp, ...numbers }) => ({
        symbol,
        ...numbers,
        timestamp: Date.parse(timestamp as string),
      }));
      const want = Object.entries(bars).flatMap(([symbol, ofSymbol]) =>
        ofSymbol.map((bar) => ({ symbol, ...bar }))
      );
      assertEquals(read as unknown[], want);
    }));
  });
}
