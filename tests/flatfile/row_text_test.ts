import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FlatFile } from "../../lib/flatfile/flat_file.ts";
import { type FileRow, RowFlaw, toRowTexts } from "../../lib/flatfile/row_search.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const HEADER = "ticker,volume,open,close,high,low,window_start,transactions";

/** The columns of a header. */
function columnsOf(header: string) {
  const file = new FlatFile(KEY);
  return file.read(`${header}\n${header.replace(/\w+/g, "1")}\n`)[0]!.columns;
}

/** What comes of rows: their texts, or what is wrong with each. */
const outcome = (rows: readonly FileRow[]) =>
  toRowTexts(rows).map((text) => text instanceof RowFlaw ? { flaw: text.text } : text);

const textsOf = (header: string, ...lines: string[]) => {
  const columns = columnsOf(header);
  return outcome(lines.map((line) => ({ ticker: "A", line, columns })));
};

const fieldByField = (header: string, ...lines: string[]) => {
  const columns = columnsOf(header);
  return outcome(
    lines.map((line) => ({ ticker: "A", line: "", fields: line.split(","), columns })),
  );
};

Deno.test("toRowTexts() keeps the file's own digits and cuts nanoseconds to milliseconds", () => {
  assertEquals(
    textsOf(HEADER, "A,1942872,147.090,149.31,149.64,0.00000014701,1709787600123456789,0"),
    ["[1709787600123,147.090,149.64,0.00000014701,149.31,1942872,0]"],
  );
});

Deno.test("toRowTexts() reads usual rows and others side by side, in their order", () => {
  const usual = "A,1,2,3,4,5,1709787600000000000,6";
  const unusual = "A,1e2,.5,3.,+4,05,-1,6";
  assertEquals(textsOf(HEADER, usual, unusual, usual), [
    "[1709787600000,2,4,5,3,1,6]",
    "[0,0.5,4,5,3,100,6]",
    "[1709787600000,2,4,5,3,1,6]",
  ]);
  assertEquals(textsOf(HEADER), []);
});

Deno.test("toRowTexts() says of each row by itself what is wrong with it", () => {
  const good = "A,1,2,3,4,5,1709787600000000000,6";
  assertEquals(textsOf(HEADER, good, "A,,2,3,4,5,1709787600000000000,6", "A,1", good), [
    "[1709787600000,2,4,5,3,1,6]",
    { flaw: 'column "volume" is "", want a number' },
    { flaw: "it has 2 fields, want 8" },
    "[1709787600000,2,4,5,3,1,6]",
  ]);
});

Deno.test("toRowTexts() takes no number whose sums would leave a double's range", () => {
  const textOf = (volume: string) =>
    textsOf(HEADER, `A,${volume},2,3,4,5,1709787600000000000,6`)[0];
  const digits = "9".repeat(100);
  assertEquals(textOf(digits), `[1709787600000,2,4,5,3,${digits},6]`);
  assertEquals(textOf("9e99"), "[1709787600000,2,4,5,3,9e+99,6]");
  for (const large of ["1e100", "-1e100", "9".repeat(101), "1.7e308", "1e309"]) {
    const flaw = `column "volume" is ${JSON.stringify(large)}, want a number of at most 100 digits`;
    assertEquals(textOf(large), { flaw });
  }
});

Deno.test("toRowTexts() reads rows under several headers, each by its own", () => {
  const [one, other] = [HEADER, "ticker,open,high,low,close,window_start"].map(columnsOf);
  const row = (line: string, columns = one!) => ({ ticker: "A", line, columns });
  const rows = [
    row("A,1,2,3,4,5,1709787600000000000,6"),
    row("A,2,4,1,3,1709787600000000000", other),
    row("A,1,2,3,4,5,1709787600000000000,6"),
  ];
  assertEquals(outcome(rows), [
    "[1709787600000,2,4,5,3,1,6]",
    "[1709787600000,2,4,1,3,null,null]",
    "[1709787600000,2,4,5,3,1,6]",
  ]);
});

Deno.test("toRowTexts() reads no row from a part of a line", () => {
  const usual = "A,1,2,3,4,5,1709787600000000000,6";
  for (
    const line of [`x,${usual}`, `A,5\r${usual}`, `A,5\u2028${usual}`, `${usual}\r`, `${usual},`]
  ) {
    const found = textsOf(HEADER, line);
    assertEquals(found, fieldByField(HEADER, line));
    assertEquals(typeof found[0], "object", line);
  }
});

/** Mostly usual, so that whole rows are often enough. */
const mostly = (usual: fc.Arbitrary<string>, ...others: string[]) =>
  fc.oneof({ weight: 10, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const number = mostly(
  fc.oneof(fc.nat().map(String), fc.tuple(fc.nat(), fc.nat()).map((parts) => parts.join("."))),
  ...["", " 1", "1.", ".5", "-1", "-0", "+1", "00", "01.5", "0.50", "1e5", "1E-7", "1e999", "NaN"],
  ...["[1", "1]", "null", "1\r", "$1", "1".repeat(100), "1".repeat(101), "0." + "1".repeat(100)],
);

const stamp = mostly(
  fc.bigInt({ min: 0n, max: 9n * 10n ** 21n }).map(String),
  ...["", "0", "1", "999999", "1000000", "-1", "-999999999", "007000000", "1.5", "1e18", "\r"],
);

const note = fc.oneof(number, fc.stringMatching(/^[^,\n"]*$/));

/** What may stand in a column. */
const fieldOf = (name: string) =>
  name === "window_start" ? stamp : /ticker|otc|note/.test(name) ? note : number;

/** A header, and lines under it. */
const files = fc.shuffledSubarray(["volume", "transactions", "otc", "note", "open"], {
  minLength: 0,
}).chain((others) =>
  fc.shuffledSubarray(
    ["ticker", "open", "high", "low", "close", "window_start", ...others],
    { minLength: 6 + others.length },
  )
).chain((names) => {
  const line = fc.oneof(
    { weight: 30, arbitrary: fc.tuple(...names.map(fieldOf)) },
    { weight: 1, arbitrary: fc.array(number, { minLength: 1, maxLength: 10 }) },
  ).map((values) => values.join(","));
  return fc.record({ header: fc.constant(names.join(",")), lines: fc.array(line) });
});

Deno.test("toRowTexts() has of any rows what reading them field by field has", () => {
  fc.assert(
    fc.property(files, ({ header, lines }) => {
      assertEquals(textsOf(header, ...lines), fieldByField(header, ...lines));
      for (const line of lines) assertEquals(textsOf(header, line), fieldByField(header, line));
    }),
    { numRuns: 300 },
  );
});
