import { assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { IntegrityError } from "../../lib/errors.ts";
import { FlatFile } from "../../lib/market/flat_file.ts";
import { TickerSet } from "../../lib/market/ticker_set.ts";

const HEADER = "ticker,volume,open,close,high,low,window_start,transactions";
const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";

/** A row whose volume tells it apart. */
const row = (ticker: string, volume: number) =>
  `${ticker},${volume},1.5,2,3,1,1709787600000000000,9`;
const textOf = (...lines: string[]) => [HEADER, ...lines, ""].join("\n");

/** What a file says whose text comes in these slices. */
function readFile(slices: string | readonly string[], wanted?: Iterable<string>) {
  const file = new FlatFile(KEY, wanted && new TickerSet(wanted));
  const found = [slices].flat().flatMap((slice) => file.read(slice));
  found.push(...file.end());
  const rows = found.map(({ line, fields }) => fields ?? line.split(","));
  assertEquals(found.map(({ ticker }) => ticker), rows.map((row) => row[file.columns.at.ticker]!));
  return { rows, ...file.columns };
}

/** Tickers of all rows. */
function tickersIn(text: string): string[] {
  const { rows, at } = readFile(text);
  return rows.map((fields) => fields[at.ticker]!);
}

/** More tickers than a few, so that one pass over the lines is made for all. */
const many = (...tickers: string[]) =>
  new Set([...tickers, ...Array.from({ length: 40 }, (_, i) => `UNUSED${i}`)]);

/** Ticker and volume of each row, in the ways in which the file can be read. */
function waysOf(lines: readonly string[], tickers: readonly string[]) {
  const text = [HEADER, ...lines].join("\n");
  const quoted = text.replace("ticker", '"ticker"');
  const moved = ["otc," + HEADER, ...lines.map((line) => `0,${line}`)].join("\n");
  const read = (text: string, wanted: Set<string>) => {
    const { rows, at } = readFile(text, wanted);
    return rows.map((fields) => `${fields[at.ticker]} ${fields[at.volume]}`).sort();
  };
  return {
    search: read(text, new Set(tickers)),
    scan: read(text, many(...tickers)),
    csv: read(quoted, new Set(tickers)),
    split: read(moved, new Set(tickers)),
  };
}

function assertWays(lines: readonly string[], tickers: readonly string[], want: string[]) {
  const { search, scan, csv, split } = waysOf(lines, tickers);
  assertEquals({ search, scan, csv, split }, { search: want, scan: want, csv: want, split: want });
}

Deno.test("FlatFile finds a ticker's rows at the start, in the middle and at the end", () => {
  const lines = [row("A", 1), row("B", 2), row("C", 3), row("C", 4)];
  assertWays(lines, ["A"], ["A 1"]);
  assertWays(lines, ["B"], ["B 2"]);
  assertWays(lines, ["C"], ["C 3", "C 4"]);
  assertWays(lines, ["C", "A"], ["A 1", "C 3", "C 4"]);
  assertWays(lines, ["D"], []);
  assertWays([], ["A"], []);
});

Deno.test("FlatFile takes no longer ticker for its prefix, nor the reverse", () => {
  const lines = [row("TSL", 1), row("TSLA", 2), row("TSLAX", 3), row("ATSLA", 4)];
  assertWays(lines, ["TSLA"], ["TSLA 2"]);
  assertWays(lines, ["TSL"], ["TSL 1"]);
  assertWays(lines, ["T"], []);
});

Deno.test("FlatFile tells tickers apart that have the same hash", () => {
  const lines = [row("BB", 1), row("Aa", 2), row("C#", 3), row("AaAa", 4), row("BBBB", 5)];
  assertWays(lines, ["Aa"], ["Aa 2"]);
  assertWays(lines, ["C#", "BB"], ["BB 1", "C# 3"]);
  assertWays(lines, ["BBBB", "AaAa", "BBAa"], ["AaAa 4", "BBBB 5"]);
});

Deno.test("FlatFile takes no ticker for one that a carriage return follows within a line", () => {
  const lines = ["A\rB,1", "A\r,2", "A\r\r"];
  for (const wanted of [new Set(["A"]), many("A")]) {
    assertEquals(readFile(textOf(...lines, row("A", 3)), wanted).rows, [row("A", 3).split(",")]);
  }
});

Deno.test("FlatFile tells tickers apart by case", () => {
  const lines = [row("BACpB", 1), row("BACPB", 2), row("bacpb", 3)];
  assertWays(lines, ["BACpB"], ["BACpB 1"]);
  assertWays(lines, ["BACPB"], ["BACPB 2"]);
});

Deno.test("FlatFile reads tickers that look like values or patterns", () => {
  for (const ticker of ["NA", "NAN", "NULL", "TRUE", "INF", "BRK.B", "X:BTC-USD", "O:SPY*", "$&"]) {
    assertWays([row("AAA", 1), row(ticker, 2), row("ZZZ", 3)], [ticker], [`${ticker} 2`]);
  }
  assertWays([row("BRKXB", 1)], ["BRK.B"], []);
});

Deno.test("FlatFile does not look for a ticker in other columns", () => {
  const lines = ["AAPL,1,TSLA,TSLA,3,1,1709787600000000000,TSLA", row("TSLA", 2)];
  assertWays(lines, ["TSLA"], ["TSLA 2"]);
});

Deno.test("FlatFile finds the rows of a ticker in several runs, in any order", () => {
  const lines = [row("Z", 1), row("A", 2), row("Z", 3), row("A", 4)];
  assertWays(lines, ["A"], ["A 2", "A 4"]);
  assertWays(lines, ["A", "Z"], ["A 2", "A 4", "Z 1", "Z 3"]);
});

Deno.test("FlatFile hands out rows of any length, for their reader to judge", () => {
  for (const lines of [["TSLA"], ["TSLA", row("A", 1)], ["TSLA\r", row("A", 1)], ["TSLA\r"]]) {
    assertWays(lines, ["TSLA"], ["TSLA undefined"]);
    assertWays(lines, ["TSL"], []);
    assertWays(lines, ["TSLAX"], []);
  }
  assertWays(["TSLA,1,2,3,4,5,6,7,8,9"], ["TSLA"], ["TSLA 1"]);
});

Deno.test("FlatFile drops the carriage returns of CRLF", () => {
  const text = [HEADER, row("A", 1), row("B", 2), ""].join("\r\n");
  assertEquals(readFile(text, ["A"]).rows, [row("A", 1).split(",")]);
  assertEquals(readFile(text, many("B")).rows, [row("B", 2).split(",")]);
  assertEquals(tickersIn(text), ["A", "B"]);
});

Deno.test("FlatFile undoes quotes, also around commas, line ends and quotes", () => {
  const lines = [
    `"TSLA","1","1.5","2","3","1","1709787600000000000","9"`,
    row('"say ""A"", B\n"', 2),
  ];
  const text = [HEADER.replace(/\w+/g, '"$&"'), ...lines].join("\n");
  assertEquals(readFile(text, ["TSLA"]).rows, [row("TSLA", 1).split(",")]);
  assertEquals(tickersIn(text), ["TSLA", 'say "A", B\n']);
});

Deno.test("FlatFile counts a column whose quoted name has a comma as one", () => {
  const text = `"note, free",${HEADER}\n"x, y",${row("TSLA", 1)}\n`;
  const { rows, at, width } = readFile(text, ["TSLA"]);
  assertEquals([width, at.ticker], [9, 1]);
  assertEquals(rows, [["x, y", ...row("TSLA", 1).split(",")]]);
});

Deno.test("FlatFile refuses a quote that does not end", () => {
  for (const text of [`${HEADER}\n"TSLA,1\n`, `"${HEADER}\n${row("TSLA", 1)}\n`]) {
    const error = assertThrows(
      () => readFile(text, ["TSLA"]),
      IntegrityError,
      `Cannot read "${KEY}": `,
    );
    assertEquals(error.check, "format");
  }
});

Deno.test("FlatFile finds its columns by name", () => {
  const { at, width } = readFile("otc,window_start,low,high,close,open,ticker\n");
  assertEquals(at, {
    ticker: 6,
    open: 5,
    high: 3,
    low: 2,
    close: 4,
    window_start: 1,
    volume: -1,
    transactions: -1,
  });
  assertEquals(width, 7);
});

Deno.test("FlatFile refuses a header that lacks a column, and names it", () => {
  for (const name of ["ticker", "open", "high", "low", "close", "window_start"]) {
    const header = HEADER.split(",").filter((other) => other !== name).join(",");
    const error = assertThrows(() => readFile(`${header}\n`), IntegrityError);
    assertEquals(
      error.message,
      `Cannot read "${KEY}": it has no column "${name}" in "${header}"`,
    );
    assertEquals([error.key, error.check], [KEY, "format"]);
  }
  for (const text of ["", "\n", `\n${HEADER}\n`, "<html>", HEADER.toUpperCase()]) {
    assertThrows(() => readFile(text), IntegrityError, 'it has no column "ticker"');
  }
});

Deno.test("FlatFile reads a header without a line end as a file without rows", () => {
  for (const text of [HEADER, `${HEADER}\n`, `${HEADER}\r\n`]) {
    assertEquals([readFile(text, ["A"]).rows, readFile(text, many("A")).rows], [[], []]);
    assertEquals(tickersIn(text), []);
  }
});

Deno.test("FlatFile gives every row in the order of the file where no ticker is named", () => {
  const text = textOf(row("B", 1), row("A", 2), row("B", 3), row("NA", 4));
  assertEquals(tickersIn(text), ["B", "A", "B", "NA"]);
});

Deno.test("FlatFile skips empty lines", () => {
  for (const blank of ["", "\r"]) {
    assertEquals(tickersIn(textOf(row("A", 1), blank, row("B", 2), blank)), ["A", "B"]);
    assertEquals(tickersIn(textOf(row('"A"', 1), blank, row("B", 2), blank)), ["A", "B"]);
  }
});

Deno.test("FlatFile finds the same rows wherever its text is cut into slices", () => {
  const plain = textOf(row("A", 1), row("TSLA", 2), row("TSLAX", 3), row("TSLA", 4));
  const quoted = textOf(row('"A\nB"', 1), row('"TSLA"', 2), row('"say ""A"", B\n"', 3));
  for (const text of [plain, plain.slice(0, -1), plain.replaceAll("\n", "\r\n"), quoted]) {
    for (const wanted of [new Set(["TSLA"]), many("TSLA"), undefined]) {
      const whole = readFile(text, wanted);
      assertEquals(readFile([...text], wanted), whole);
      for (let at = 0; at <= text.length; at++) {
        assertEquals(readFile([text.slice(0, at), text.slice(at)], wanted), whole, `at ${at}`);
      }
    }
  }
});

Deno.test("FlatFile does not gather without end what a quote without an end makes one line", () => {
  const slice = row("A", 1).padEnd(1 << 20, "x") + "\n";
  const slices = [HEADER + '\n"', ...Array.from({ length: 20 }, () => slice)];
  const error = assertThrows(() => readFile(slices, ["A"]), IntegrityError, "a line has no end");
  assertEquals([error.key, error.check], [KEY, "format"]);
});

Deno.test("FlatFile looks once at each character behind a quote without an end", () => {
  const file = new FlatFile(KEY, new TickerSet(["A"]));
  const startedMs = performance.now();
  assertEquals(file.read(`${textOf(row("A", 1))}"${"\n".repeat(4_000_000)}`).length, 1);
  assertLess(performance.now() - startedMs, 5_000);
});

Deno.test("FlatFile finds the same rows by search, by scan and as CSV", () => {
  const ticker: fc.Arbitrary<string> = fc.constantFrom(
    "A",
    "AA",
    "AAA",
    "B",
    "a",
    "NA",
    "TRUE",
    "X:A-B",
    "BRK.B",
  );
  const lines = fc.array(fc.oneof(
    { weight: 9, arbitrary: fc.tuple(ticker, fc.nat()).map(([name, volume]) => row(name, volume)) },
    { weight: 1, arbitrary: ticker },
  ));
  const wanted = fc.uniqueArray(ticker, { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(lines, wanted, (lines, tickers) => {
    const want = lines.map((line) => line.split(","))
      .filter(([name]) => tickers.includes(name!))
      .map(([name, volume]) => `${name} ${volume}`).sort();
    assertWays(lines, tickers, want);
  }));
});
