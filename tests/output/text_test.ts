import { assertEquals } from "@std/assert";
import type { Bar } from "../../lib/market/bar.ts";
import { formatBars, type OutputFormat } from "../../lib/output/format.ts";
import { BAR, bytesOf, toBatches } from "./samples.ts";

type Bars = Readonly<Record<string, readonly Bar[]>>;

const HEADER = "symbol,date,timestamp,open,high,low,close,volume,transactions";

async function text(bars: Bars, format: OutputFormat): Promise<string> {
  return new TextDecoder().decode(await bytesOf(toBatches(bars), format));
}

Deno.test("formatBars() writes CSV with a header", async () => {
  assertEquals(
    await text({ TSLA: [BAR] }, "csv"),
    `${HEADER}\nTSLA,2024-03-07,2024-03-07T05:00:00Z,174.35,180.04,173.7,178.65,102129047.5,1074534\n`,
  );
});

Deno.test("formatBars() quotes a symbol in CSV only where it has to", async () => {
  const symbols = ["BRK.B", "A,B", 'A"B', "A\nB", "A\rB", "A B"];
  const csv = await text(Object.fromEntries(symbols.map((symbol) => [symbol, [BAR]])), "csv");
  const fields = csv.split(/,2024-03-07,.*\n/).slice(0, -1);
  assertEquals([fields[0]!.split("\n")[1], ...fields.slice(1)], [
    "BRK.B",
    '"A,B"',
    '"A""B"',
    '"A\nB"',
    '"A\rB"',
    "A B",
  ]);
});

Deno.test("formatBars() writes NDJSON, one object a line", async () => {
  const line = '{"symbol":"TSLA","date":"2024-03-07","timestamp":"2024-03-07T05:00:00Z",' +
    '"open":174.35,"high":180.04,"low":173.7,"close":178.65,"volume":102129047.5,' +
    '"transactions":1074534}\n';
  assertEquals(await text({ TSLA: [BAR] }, "ndjson"), line);
  assertEquals(await text({ TSLA: [BAR, BAR] }, "ndjson"), line + line);
});

Deno.test("formatBars() writes JSON as one array, one object a line", async () => {
  const line = (await text({ TSLA: [BAR] }, "ndjson")).trimEnd();
  assertEquals(await text({ TSLA: [BAR] }, "json"), `[\n${line}\n]\n`);
  assertEquals(await text({ TSLA: [BAR, BAR] }, "json"), `[\n${line},\n${line}\n]\n`);
});

Deno.test("formatBars() of no bars is still a file of its format", async () => {
  for (const bars of [{}, { TSLA: [] }, { TSLA: [], AAPL: [] }] as Bars[]) {
    assertEquals(await text(bars, "csv"), `${HEADER}\n`);
    assertEquals(await text(bars, "ndjson"), "");
    assertEquals(JSON.parse(await text(bars, "json")), []);
  }
});

Deno.test("formatBars() leaves a missing number empty in CSV and writes null elsewhere", async () => {
  const bars = { "^GSPC": [{ ...BAR, volume: null, transactions: null }] };
  assertEquals((await text(bars, "csv")).split("\n")[1]!.split(",").slice(-3), ["178.65", "", ""]);
  const [parsed] = JSON.parse(await text(bars, "json"));
  assertEquals([parsed.volume, parsed.transactions], [null, null]);
});

Deno.test("formatBars() tells nothing apart from a missing number", async () => {
  const bars = { A: [{ ...BAR, volume: 0, transactions: 0 }] };
  assertEquals((await text(bars, "csv")).split("\n")[1]!.split(",").slice(-2), ["0", "0"]);
});

Deno.test("formatBars() writes a stamp's fraction only where there is one", async () => {
  const stamps = [
    [0, "1970-01-01T00:00:00Z"],
    [1, "1970-01-01T00:00:00.001Z"],
    [-68400000, "1969-12-31T05:00:00Z"],
    [8.64e15, "+275760-09-13T00:00:00Z"],
  ] as const;
  for (const [timestamp, want] of stamps) {
    assertEquals((await text({ A: [{ ...BAR, timestamp }] }, "csv")).split(",")[10], want);
  }
});

Deno.test("formatBars() gives many bars in parts that are right together", async () => {
  const bars = Array.from({ length: 2_500 }, (_, i) => ({ ...BAR, volume: i }));
  const parts = await Array.fromAsync(formatBars(toBatches({ A: bars, B: bars }), "json"));
  assertEquals(parts.length > 3, true);
  const parsed: { symbol: string; volume: number }[] = JSON.parse(await new Blob(parts).text());
  assertEquals(parsed.map(({ symbol, volume }) => `${symbol}${volume}`), [
    ...bars.map(({ volume }) => `A${volume}`),
    ...bars.map(({ volume }) => `B${volume}`),
  ]);
  assertEquals((await text({ A: bars, B: bars }, "csv")).split("\n").length, 5_002);
});
