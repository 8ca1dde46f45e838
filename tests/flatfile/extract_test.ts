import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import { extract as extractText, tickersOf } from "../../lib/flatfile/extract.ts";
import type { BarRow } from "../../lib/market/bar.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";
import { assertDamaged, COLUMNS, KEY, sample, START } from "./extract_samples.ts";

const STAMP = 1709787600000;

/** What is recorded of a ticker. */
interface Found {
  readonly rows: readonly BarRow[];
  readonly failure?: string;
  readonly warning?: string;
}

/** What is recorded of each ticker, as values. */
async function extractAll(
  key: string,
  compressed: Uint8Array,
  tickers: readonly string[],
): Promise<Map<string, Found>> {
  const wanted = new TickerSet(tickers);
  const { rows: texts } = await extractText(key, compressed, wanted);
  return new Map(
    [...wanted.tickers].map((ticker, i) => [ticker, JSON.parse(`{"rows":${texts[i]!}}`)]),
  );
}

/** The rows by ticker, all of which can be read. */
async function extract(
  key: string,
  compressed: Uint8Array,
  tickers: readonly string[],
): Promise<Map<string, readonly BarRow[]>> {
  const found = await extractAll(key, compressed, tickers);
  return new Map(Array.from(found, ([ticker, { rows, failure }]) => {
    assertEquals(failure, undefined);
    return [ticker, rows];
  }));
}

const fileOf = (...lines: string[]) => gzipText([COLUMNS, ...lines, ""].join("\n"));

/** The rows of one ticker in a file of these lines under the vendor's header. */
async function rowsOf(ticker: string, ...lines: string[]): Promise<readonly BarRow[]> {
  return (await extract(KEY, fileOf(...lines), [ticker])).get(ticker)!;
}

/** Why the rows of the ticker "A" cannot be read, in a file in which another one's can. */
async function failureOf(...lines: string[]): Promise<string | undefined> {
  const good = `GOOD,1,1,1,1,1,${START},1`;
  const found = await extractAll(KEY, fileOf(good, ...lines, good), ["A", "GOOD"]);
  const { rows, failure } = found.get("A")!;
  assertEquals(rows, []);
  assertEquals([found.get("GOOD")!.rows.length, found.get("GOOD")!.failure], [2, undefined]);
  return failure;
}

Deno.test("extract() puts a row's columns in a bar's order", async () => {
  assertEquals(await rowsOf("A", `A,1942872,147.09,149.31,149.64,147.01,${START},37404`), [
    [STAMP, 147.09, 149.64, 147.01, 149.31, 1942872, 37404],
  ]);
});

Deno.test("extract() has an empty list for a ticker without a row", async () => {
  const rows = await extract(KEY, gzipText(`${COLUMNS}\nA,1,1,1,1,1,${START},1\n`), [
    "B",
    "A",
    "B",
  ]);
  assertEquals([...rows.keys()], ["B", "A"]);
  assertEquals(rows.get("B"), []);
  assertEquals(rows.get("A")?.length, 1);
});

Deno.test("extract() equals the generator's truth for every ticker of a day", async () => {
  const files = generateStockDays({ seed: 3, from: "2024-03-07", to: "2024-03-07" });
  const { tickers } = files;
  const found = await extract(KEY, files.file("2024-03-07").bytes, tickers);
  assertEquals(found.size, tickers.length);
  for (const ticker of tickers) {
    const want = files.truth(ticker).map((bar) => [
      bar.timestamp,
      bar.open,
      bar.high,
      bar.low,
      bar.close,
      bar.volume,
      bar.transactions,
    ]);
    assertEquals(found.get(ticker)!.map((row) => [...row]), want, ticker);
  }
});

Deno.test("extract() finds the same rows whatever the file's form is", async () => {
  const tickers = await tickersOf(KEY, sample("stocks_day"));
  assertEquals(tickers.length, 12);
  const want = await extract(KEY, sample("stocks_day"), tickers);
  for (
    const name of [
      "multi_member",
      "crlf",
      "quoted",
      "reordered_columns",
      "additional_columns",
      "no_final_line_end",
    ]
  ) {
    assertEquals(await extract(KEY, sample(name), tickers), want, name);
    assertEquals(await tickersOf(KEY, sample(name)), tickers, name);
  }
});

Deno.test("extract() reads the file of each dataset", async () => {
  for (const name of ["crypto_day", "forex_day", "indices_day", "options_day", "stocks_minute"]) {
    const tickers = await tickersOf(KEY, sample(name));
    assert(tickers.length > 0, name);
    const rows = await extract(KEY, sample(name), tickers);
    for (const ticker of tickers) assert(rows.get(ticker)!.length > 0, `${name} ${ticker}`);
  }
});

Deno.test("extract() reads files of very many columns", async () => {
  const more = Array.from({ length: 10_000 }, (_, i) => `x${i}`).join();
  const zeros = "0,".repeat(10_000).slice(0, -1);
  const text = `${COLUMNS},${more}\nA,1,2,3,4,1,${START},5,${zeros}\n`;
  const rows = await extract(KEY, gzipText(text), ["A"]);
  assertEquals(rows.get("A"), [[STAMP, 2, 4, 1, 3, 1, 5]]);
});

Deno.test("extract() leaves out what a dataset does not have", async () => {
  const index = `ticker,open,close,high,low,window_start\nI:SPX,1,2,3,0.5,${START}\n`;
  assertEquals((await extract(KEY, gzipText(index), ["I:SPX"])).get("I:SPX"), [
    [STAMP, 1, 3, 0.5, 2, null, null],
  ]);
  const noVolume = `ticker,open,close,high,low,window_start,transactions\nA,1,2,3,0.5,${START},7\n`;
  assertEquals((await extract(KEY, gzipText(noVolume), ["A"])).get("A"), [
    [STAMP, 1, 3, 0.5, 2, null, 7],
  ]);
});

Deno.test("extract() reads fractions, exponents, noise, zeros and 21 places exactly", async () => {
  const tickers = ["FRAC", "NOISE", "TINY", "WIDE", "ZEROS"];
  const rows = await extract(KEY, sample("fractional"), tickers);
  const numbers = tickers.map((ticker) => rows.get(ticker)!.map((row) => row.slice(1)));
  assertEquals(numbers, [
    [[10.5, 11, 10.25, 10.75, 1234567.891011, 812]],
    [[0.30000000000000004, 0.30000000000000004, 0.1, 0.1, 5.871033060000002, 3]],
    [[5.2e-7, 5.3e-7, 5.1e-7, 5.2e-7, 1013348566.598358, 1]],
    [[1.23456789012345e-7, 2500, 1.23456789012345e-7, 2500, 1e9, 44]],
    [[96.767, 100.4065, 95.5217, 99.2175, 100, 7]],
  ]);
  const places = "0.123456789012345678901";
  assertEquals(await rowsOf("A", `A,.5,${places},1.,+3,1E+2,${START},0`), [
    [STAMP, Number(places), 3, 100, 1, 0.5, 0],
  ]);
});

Deno.test("extract() reads back every number that a double can be below 1e100", async () => {
  const limits = { min: -1e100, max: 1e100, minExcluded: true, maxExcluded: true };
  const price = fc.double({ noNaN: true, ...limits }).map((value) => value + 0);
  const prices = fc.tuple(price, price, price, price, price, price);
  await fc.assert(fc.asyncProperty(prices, async (values) => {
    const [open, high, low, close, volume, count] = values;
    const rows = await rowsOf("A", `A,${volume},${open},${close},${high},${low},${START},${count}`);
    assertEquals(rows, [[STAMP, open, high, low, close, volume, count]]);
  }));
});

Deno.test("extract() orders a ticker's rows by time, whatever their order in the file", async () => {
  const line = (ticker: string, nanoseconds: string) => `${ticker},1,1,1,1,1,${nanoseconds},1`;
  const stamps = ["1744792500000000000", "1744792560000000000", "1744792620000000000"];
  const rows = await rowsOf(
    "A",
    line("A", stamps[2]!),
    line("B", stamps[0]!),
    line("A", stamps[0]!),
    line("A", stamps[1]!),
  );
  assertEquals(rows.map(([timestamp]) => timestamp), [1744792500000, 1744792560000, 1744792620000]);
});

Deno.test("extract() keeps the order of rows of the same time", async () => {
  const rows = await rowsOf("A", ...[3, 1, 2].map((volume) => `A,${volume},1,1,1,1,${START},1`));
  assertEquals(rows.map((row) => row[5]), [3, 1, 2]);
});

Deno.test("extract() takes stamps of any whole number of nanoseconds that a date can have", async () => {
  const stamps: [string, number][] = [
    ["0", 0],
    ["-68400000000000", -68400000],
    ["1709787600000000001", STAMP],
    ["1709787600000999999", STAMP],
    ["8640000000000000000000", 8.64e15],
  ];
  for (const [text, ms] of stamps) {
    assertEquals((await rowsOf("A", `A,1,1,1,1,1,${text},1`))[0]![0], ms, text);
  }
});

Deno.test("extract() refuses stamps that are no nanoseconds", async () => {
  const texts = [
    "",
    " ",
    "x",
    "1.5",
    "1e18",
    "0x10",
    "--1",
    "1 ",
    "8640000000001000000000",
    "9".repeat(40),
  ];
  for (const text of texts) {
    const want = "want nanoseconds since the epoch";
    const found = `line 3: column "window_start" is ${JSON.stringify(text)}, ${want}`;
    assertEquals(await failureOf(`A,1,1,1,1,1,${text},1`), found);
  }
});

Deno.test("extract() refuses numbers that are none, and names row and column", async () => {
  const texts = ["", " ", "n/a", "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "1 2"];
  for (const text of [...texts, "1.2.3", "1e", ".", "+", "null", "true", "١"]) {
    const found = `line 3: column "open" is ${JSON.stringify(text)}, want a number`;
    assertEquals(await failureOf(`A,1,${text},1,1,1,${START},1`), found);
  }
  for (const [i, name] of COLUMNS.split(",").entries()) {
    if (name === "ticker" || name === "window_start") continue;
    const fields = ["A", "1", "1", "1", "1", "1", START, "1"];
    fields[i] = "";
    assertEquals(
      await failureOf(fields.join(",")),
      `line 3: column "${name}" is "", want a number`,
    );
  }
});

Deno.test("extract() refuses a wanted row with too few or too many fields", async () => {
  const lines = [
    "A",
    "A,",
    `A,1,1,1,1,1,${START}`,
    `A,1,1,1,1,1,${START},1,`,
    `A,1,2,1,1,1,1,${START},1`,
  ];
  for (const line of lines) {
    const found = `line 4: it has ${line.split(",").length} fields, want 8`;
    assertEquals(await failureOf("B,1", line), found);
    const tickers = Array.from({ length: 30 }, (_, i) => "A".repeat(i + 1));
    const scanned = await extractAll(KEY, fileOf("B,1", "", line), tickers);
    assertEquals(scanned.get("A"), { rows: [], failure: found });
    assertEquals(scanned.get("AA"), { rows: [] });
  }
});

Deno.test("extract() does not mind what is wrong with the rows of others", async () => {
  const good = `B,1,1,1,1,1,${START},1`;
  assertEquals((await rowsOf("B", "A", "A,x,,", good, "C,n/a,1,1,1,1,x,1", "")).length, 1);
  const found = await extractAll(KEY, sample("bad_number"), ["AAPL", "AMZN"]);
  assertEquals(found.get("AAPL")!.rows.length, 1);
  const failure = 'line 4: column "open" is "n/a", want a number';
  assertEquals(found.get("AMZN"), { rows: [], failure });
});

Deno.test("extract() names the first of a ticker's rows that cannot be read, and keeps none", async () => {
  const good = `A,1,1,1,1,1,${START},1`;
  assertEquals(
    await failureOf(good, `A,,x,1,1,1,${START},1`, "", `A,x,1,1,1,1,${START},1`, good),
    'line 4: column "open" is "x", want a number',
  );
});

Deno.test("extract() counts the lines of a text that is inflated in slices, of any ends", async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `T${i},1,1,1,1,1,${START},1`);
  for (const at of [0, 3_000, 33_333, 59_999]) {
    const text = [COLUMNS, ...lines.with(at, `A,1,1,1,1,,${START},1`), ""];
    for (const end of ["\n", "\r\n", "\r"]) {
      const found = await extractAll(KEY, gzipText(text.join(end)), ["A", "T5"]);
      assertEquals(found.get("A")!.failure, `line ${at + 2}: column "low" is "", want a number`);
      assertEquals(found.get("T5")!.rows.length, 1);
    }
  }
});

Deno.test("extract() fails a ticker with minutes of another time, and names line and stamp", async () => {
  const key = "us_stocks_sip/minute_aggs_v1/2024/03/2024-03-07.csv.gz";
  const line = (ticker: string, stamp: string) => `${ticker},1,1,1,1,1,${stamp},1`;
  const noon = "1709830800000000000";
  // Of the two days beside it, from 00:00 to 24:00 in New York.
  const fine = ["1709701200000000000", noon, "1709960399000000000"];
  const strange = ["1709830800000", "1709830800", "1709830800000000", "1709701199000000000"];
  for (const stamp of [...strange, "1709960400000000000", "0", "-68400000000000"]) {
    const lines = [line("B", noon), line("A", noon), line("A", stamp), line("A", noon)];
    const found = await extractAll(key, fileOf(...lines), ["A", "B"]);
    assertEquals(found.get("B"), { rows: [[1709830800000, 1, 1, 1, 1, 1, 1]] });
    const want = "want nanoseconds of 2024-03-07 or of a day beside it";
    const failure = `line 4: column "window_start" is "${stamp}", ${want}`;
    assertEquals(found.get("A"), { rows: [], failure });
  }
  const all = await extract(key, fileOf(...fine.map((stamp) => line("A", stamp))), ["A"]);
  assertEquals(all.get("A")!.length, 3);
});

Deno.test("extract() says of every ticker what is odd about the file", async () => {
  const none = "the file has no row";
  assertEquals(
    await extractAll(KEY, sample("header_only"), ["A", "B"]),
    new Map([["A", { rows: [], warning: none }], ["B", { rows: [], warning: none }]]),
  );
  const good = `B,1,1,1,1,1,${START},1`;
  const found = await extractAll(KEY, fileOf(good, '"A,1,1,1', good), ["A", "B", "C"]);
  const flaw = "a quote does not end on its line";
  const warning = `line 3 of the file: ${flaw}`;
  assertEquals(found.get("A"), { rows: [], failure: `line 3: ${flaw}`, warning });
  assertEquals([found.get("B")!.rows.length, found.get("B")!.warning], [2, warning]);
  assertEquals(found.get("C"), { rows: [], warning });
});

Deno.test("extract() takes no part of a last line that was cut for another ticker", async () => {
  const tickers = ["TSL", ...Array.from({ length: 30 }, (_, i) => `UNUSED${i}`)];
  for (const wanted of [["TSL"], tickers]) {
    const text = `${COLUMNS}\nA,1,1,1,1,1,${START},1\nTSLA`;
    assertEquals((await extract(KEY, gzipText(text), wanted)).get("TSL"), []);
  }
});

Deno.test("extract() refuses a file that lacks a column", async () => {
  await assertDamaged(() => extract(KEY, sample("missing_column"), ["AAPL"]), "format", '"close"');
});

Deno.test("extract() reads a file of its header alone", async () => {
  assertEquals((await extract(KEY, sample("header_only"), ["AAPL"])).get("AAPL"), []);
  assertEquals(await tickersOf(KEY, sample("header_only")), []);
});

Deno.test("extract() finds the same rows for few and for many tickers, plain and as CSV", async () => {
  const names = ["A", "AA", "AAA", "B", "b", "NA", "NULL", "TRUE", "BRK.B", "X:A-USD"];
  const line = fc.record({
    ticker: fc.constantFrom(...names),
    volume: fc.double({ noNaN: true, min: 0, max: 1e99 }),
    seconds: fc.integer({ min: 0, max: 2e9 }),
  });
  const wanted = fc.subarray(names, { minLength: 1 });
  const others = Array.from({ length: 20 }, (_, i) => `OTHER${i}`);
  const ends = fc.constantFrom("\n", "\r\n");
  await fc.assert(
    fc.asyncProperty(fc.array(line), wanted, ends, async (lines, tickers, end) => {
      const text = [
        COLUMNS,
        ...lines.map(({ ticker, volume, seconds }) =>
          `${ticker},${volume},1,1,1,1,${seconds}000000000,1`
        ),
        "",
      ].join(end);
      const want = new Map(tickers.map((ticker) => [
        ticker,
        lines.filter((line) => line.ticker === ticker)
          .map(({ volume, seconds }) => [seconds * 1000, 1, 1, 1, 1, volume, 1] as BarRow)
          .sort((a, b) => a[0] - b[0]),
      ]));
      const quoted = gzipText(text.replace(/[^,\r\n]+/g, '"$&"'));
      assertEquals(await extract(KEY, gzipText(text), tickers), want);
      assertEquals(await extract(KEY, quoted, tickers), want);
      const many = await extract(KEY, gzipText(text), [...tickers, ...others]);
      assertEquals(new Map(tickers.map((ticker) => [ticker, many.get(ticker)!])), want);
    }),
  );
});

Deno.test("tickersOf() has each ticker once, in the order of the file", async () => {
  const lines = ["B", "A", "B", "NULL"].map((name) => `${name},1,1,1,1,1,${START},1`);
  assertEquals(await tickersOf(KEY, gzipText([COLUMNS, ...lines].join("\n"))), ["B", "A", "NULL"]);
  await assertDamaged(() => tickersOf(KEY, sample("cut")), "gzip");
});
