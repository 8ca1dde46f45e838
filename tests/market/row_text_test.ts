import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { IntegrityError } from "../../lib/errors.ts";
import { FlatFile, type Row } from "../../lib/market/flat_file.ts";
import { toRowTexts } from "../../lib/market/row_text.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const HEADER = "ticker,volume,open,close,high,low,window_start,transactions";

/** What comes of the rows of a file: their texts, or the error that the first bad one makes. */
function outcome(header: string, rows: readonly Row[]): readonly string[] | string {
  const file = new FlatFile(KEY);
  file.read(`${header}\n`);
  try {
    return toRowTexts(file, rows);
  } catch (error) {
    if (error instanceof IntegrityError) return error.message;
    throw error;
  }
}

const textsOf = (header: string, ...lines: string[]) =>
  outcome(header, lines.map((line) => ({ ticker: "A", line })));

const fieldByField = (header: string, ...lines: string[]) =>
  outcome(header, lines.map((line) => ({ ticker: "A", line: "", fields: line.split(",") })));

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

Deno.test("toRowTexts() reads no row from a part of a line", () => {
  const usual = "A,1,2,3,4,5,1709787600000000000,6";
  for (
    const line of [`x,${usual}`, `A,5\r${usual}`, `A,5\u2028${usual}`, `${usual}\r`, `${usual},`]
  ) {
    const found = textsOf(HEADER, line);
    assertEquals(found, fieldByField(HEADER, line));
    assertEquals(typeof found, "string", line);
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
