import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { IntegrityError } from "../../lib/errors.ts";
import { FlatFile } from "../../lib/flatfile/flat_file.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";

const HEADER = "ticker,volume,open,close,high,low,window_start,transactions";
const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";

/** A row whose volume tells it apart. */
const row = (ticker: string, volume: number) =>
  `${ticker},${volume},1.5,2,3,1,1709787600000000000,9`;
const textOf = (...lines: string[]) => [HEADER, ...lines, ""].join("\n");

/** What a file says whose text comes in these slices, and what is odd about it. */
function readFile(slices: string | readonly string[], wanted?: Iterable<string>) {
  const file = new FlatFile(KEY, wanted && new TickerSet(wanted));
  const found = [slices].flat().flatMap((slice) => file.read(slice));
  found.push(...file.end());
  const rows = found.map(({ line, fields }) => fields ?? line.split(","));
  for (const [i, { ticker, flaw, columns }] of found.entries()) {
    if (flaw === undefined) assertEquals(ticker, rows[i]![columns.at.ticker]?.trim());
  }
  return { rows, found, oddity: file.oddity };
}

/** Of each row what stands under two names. */
function namesIn(text: string, wanted?: Iterable<string>): string[] {
  return readFile(text, wanted).found.map(
    ({ ticker, line, fields = line.split(","), columns: { at } }) =>
      `${ticker} ${fields[at.volume]}`,
  );
}

/** Tickers of all rows. */
const tickersIn = (text: string) => readFile(text).found.map(({ ticker }) => ticker);

/** More tickers than a few, so that one pass over the lines is made for all. */
const many = (...tickers: string[]) =>
  new Set([...tickers, ...Array.from({ length: 40 }, (_, i) => `UNUSED${i}`)]);

/** Ticker and volume of each row, in the ways in which the file can be read. */
function waysOf(lines: readonly string[], tickers: readonly string[]) {
  const text = [HEADER, ...lines].join("\n");
  const quoted = text.replace("ticker", '"ticker"');
  const moved = ["otc," + HEADER, ...lines.map((line) => `0,${line}`)].join("\n");
  const read = (text: string, wanted: Set<string>) => namesIn(text, wanted).sort();
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
  for (const lines of [["TSLA"], ["TSLA", row("A", 1)]]) {
    assertWays(lines, ["TSLA"], ["TSLA undefined"]);
    assertWays(lines, ["TSL"], []);
    assertWays(lines, ["TSLAX"], []);
  }
  assertWays(["TSLA,1,2,3,4,5,6,7,8,9"], ["TSLA"], ["TSLA 1"]);
});

Deno.test("FlatFile ends a line at LF, CR or both, mixed too", () => {
  const lines = [HEADER, row("A", 1), row("B", 2), "", row("A", 3)];
  for (const end of ["\n", "\r\n", "\r", "\n\r"]) {
    for (const text of [lines.join(end), lines.join(end) + end]) {
      assertEquals(namesIn(text, ["A"]), ["A 1", "A 3"], JSON.stringify(end));
      assertEquals(namesIn(text, many("B")), ["B 2"]);
      assertEquals(namesIn(text), ["A 1", "B 2", "A 3"]);
    }
  }
  const mixed = `${HEADER}\n${row("A", 1)}\r${row("B", 2)}\r\n${row("A", 3)}\r\r${row("A", 4)}`;
  assertEquals(namesIn(mixed, ["A"]), ["A 1", "A 3", "A 4"]);
});

Deno.test("FlatFile undoes quotes, also around commas and quotes", () => {
  const lines = [
    `"TSLA","1","1.5","2","3","1","1709787600000000000","9"`,
    row('"say ""A"", B"', 2),
  ];
  const text = [HEADER.replace(/\w+/g, '"$&"'), ...lines].join("\n");
  assertEquals(readFile(text, ["TSLA"]).rows, [row("TSLA", 1).split(",")]);
  assertEquals(tickersIn(text), ["TSLA", 'say "A", B']);
});

Deno.test("FlatFile counts a column whose quoted name has a comma as one", () => {
  const text = `"note, free",${HEADER}\n"x, y",${row("TSLA", 1)}\n`;
  const { rows, found } = readFile(text, ["TSLA"]);
  assertEquals([found[0]!.columns.width, found[0]!.columns.at.ticker], [9, 1]);
  assertEquals(rows, [["x, y", ...row("TSLA", 1).split(",")]]);
});

Deno.test("FlatFile ends a line whatever it holds, and names the first that is no row", () => {
  const flaws: [line: string, flaw: string][] = [
    ['"TSLA,1', "a quote does not end on its line"],
    [row("TSLA", 1) + '"', "a quote does not end on its line"],
    ['TSLA,1,5" x,2,"3",1,1,1', "a quote does not end on its line"],
    ['TSLA,1,5"2" x,2,3,1,1,1', "a quote stands within a field"],
    ["\0\0\0TSLA,1,2,3", "it holds a NUL"],
    [row("TSLA", 1) + "\0", "it holds a NUL"],
  ];
  for (const [line, flaw] of flaws) {
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = [HEADER, row("A", 1), line, row("A", 2), '"B"', row("A", 3)].join(end);
      for (const wanted of [["A", "TSLA"], many("A", "TSLA")]) {
        const { found, oddity } = readFile(text, wanted);
        const flaws = found.map(({ ticker, flaw }) => [ticker, flaw]);
        assertEquals(flaws, [["A", undefined], ["TSLA", flaw], ["A", undefined], ["A", undefined]]);
        assertEquals(oddity, `line 3 of the file: ${flaw}`);
      }
    }
  }
});

Deno.test("FlatFile refuses a header whose quotes do not end", () => {
  const error = assertThrows(() => readFile(`"${HEADER}\n${row("TSLA", 1)}\n`), IntegrityError);
  assertEquals(
    error.message,
    `Cannot read "${KEY}": a quote does not end on its line in "\\"${HEADER}"`,
  );
  assertEquals(error.check, "format");
});

Deno.test("FlatFile takes a header in the middle for the columns of what follows", () => {
  const others = "window_start,ticker,transactions,volume,low,high,close,open";
  const member = `${others}\n1709787600000000000,A,9,3,1,3,2,1.5\n`;
  const same = textOf(row("A", 2));
  for (const text of [textOf(row("A", 1)) + same + member, textOf(row("A", 1), "", same, member)]) {
    for (const wanted of [["A"], many("A"), undefined]) {
      assertEquals(namesIn(text, wanted), ["A 1", "A 2", "A 3"]);
      assertEquals(readFile(text, wanted).oddity, undefined);
    }
  }
  assertEquals(readFile(HEADER + "\n" + HEADER, ["A"]).oddity, "the file has no row");
});

Deno.test("FlatFile passes over byte order marks and blank lines, also before the header", () => {
  const member = `\ufeff${textOf(row("A", 2))}`;
  const text = `\n \n\ufeff\ufeff${textOf(row("A", 1), " ", "\t")}${member}\ufeff${row("A", 3)}`;
  for (const wanted of [["A"], many("A"), undefined]) {
    assertEquals(namesIn(text, wanted), ["A 1", "A 2", "A 3"]);
    assertEquals(namesIn(text.replaceAll("\n", "\r"), wanted), ["A 1", "A 2", "A 3"]);
  }
});

Deno.test("FlatFile finds its columns by name", () => {
  const { found } = readFile("otc,window_start,low,high,close,open,ticker\n1,2,3,4,5,6,A\n");
  const at = {
    ticker: 6,
    open: 5,
    high: 3,
    low: 2,
    close: 4,
    window_start: 1,
    volume: -1,
    transactions: -1,
  };
  assertEquals(found[0]!.columns, { at, width: 7 });
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
  for (const text of ["", "\n", " \r\n\r\n", "<html>", HEADER.toUpperCase()]) {
    assertThrows(() => readFile(text), IntegrityError, 'it has no column "ticker"');
  }
});

Deno.test("FlatFile says that a file has no row, whether or not its header has a line end", () => {
  for (const text of [HEADER, `${HEADER}\n`, `${HEADER}\r\n`, `${HEADER}\r`, `${HEADER}\n\n\n`]) {
    for (const wanted of [["A"], many("A"), undefined]) {
      assertEquals(readFile(text, wanted).oddity, "the file has no row");
    }
    assertEquals(readFile(text + "\n" + row("B", 1), ["A"]).oddity, undefined);
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
  const quoted = textOf(row('"A,B"', 1), row('"TSLA"', 2), row('"say ""A"", B"', 3));
  const others = ["\r\n", "\r"].map((end) => plain.replaceAll("\n", end));
  for (const text of [plain, plain.slice(0, -1), quoted, quoted + plain, ...others]) {
    for (const wanted of [new Set(["TSLA"]), many("TSLA"), undefined]) {
      const read = (slices: string | readonly string[]) => {
        const { found, rows, oddity } = readFile(slices, wanted);
        return { rows, oddity, numbers: wanted ? [] : found.map(({ number }) => number) };
      };
      const whole = read(text);
      assertEquals(read([...text]), whole);
      for (let at = 0; at <= text.length; at++) {
        assertEquals(read([text.slice(0, at), text.slice(at)]), whole, `at ${at}`);
      }
    }
  }
});

Deno.test("FlatFile does not gather without end what comes without a line end", () => {
  const slices = [HEADER + "\n", ...Array.from({ length: 20 }, () => "x".repeat(1 << 20))];
  const error = assertThrows(() => readFile(slices, ["A"]), IntegrityError, "a line has no end");
  assertEquals([error.key, error.check], [KEY, "format"]);
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

Deno.test("FlatFile takes spaces around a ticker for none, whichever way it reads", () => {
  for (const field of ["TSLA ", " TSLA", "\tTSLA\t", "TSLA\u00a0", "  TSLA  "]) {
    const lines = [row("AAPL", 1), row(field, 2), row("TSLAX", 3)];
    assertWays(lines, ["TSLA"], ["TSLA 2"]);
    assertEquals(namesIn(textOf(...lines), ["TS*"]), ["TSLA 2", "TSLAX 3"]);
  }
});

Deno.test("FlatFile tells whose row it is that has spaces around its quotes", () => {
  for (const field of ['"TSLA" ', ' "TSLA"', ' "TSLA" ']) {
    const { found, oddity } = readFile(textOf(row("AAPL", 1), row(field, 2)), ["TSLA"]);
    const flaw = "a quote stands within a field";
    assertEquals(found.map(({ ticker, flaw }) => [ticker, flaw]), [["TSLA", flaw]]);
    assertEquals(oddity, `line 3 of the file: ${flaw}`);
  }
});
