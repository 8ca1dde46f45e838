import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { readSplit, readSplits } from "../../lib/adjust/split_text.ts";

const TSLA = { ticker: "TSLA", executionDate: "2022-08-25", from: 1, to: 3 };
const GE = { ticker: "GE", executionDate: "2021-08-02", from: 8, to: 1 };

Deno.test("readSplits() reads CSV with the vendor's names", () => {
  const text =
    "ticker,execution_date,split_from,split_to\nTSLA,2022-08-25,1,3\nGE,2021-08-02,8,1\n";
  assertEquals(readSplits(text, "a.csv"), [TSLA, GE]);
});

Deno.test("readSplits() reads CSV with short names, in any order, with others between", () => {
  const text =
    '\ufeffTo,id,"date",FROM,ticker\r\n\r\n 3 ,x,2022-08-25,1.0,"TSLA"\r\n1,"y,z",2021-08-02,8,GE';
  assertEquals(readSplits(text, "a.csv"), [TSLA, GE]);
});

Deno.test("readSplits() reads a JSON array, and the REST API's answer", () => {
  const rows = [
    { ticker: "TSLA", execution_date: "2022-08-25", split_from: 1, split_to: 3, id: "P" },
    { ticker: "GE", date: "2021-08-02", from: "8", to: 1 },
  ];
  assertEquals(readSplits(JSON.stringify(rows), "a.json"), [TSLA, GE]);
  const answer = { status: "OK", request_id: "1", results: rows };
  assertEquals(readSplits(`\n${JSON.stringify(answer, null, 1)}`, "a.json"), [TSLA, GE]);
  assertEquals(readSplits("[]", "a.json"), []);
});

Deno.test("readSplits() counts a split once that is there twice", () => {
  const line = "TSLA,2022-08-25,1,3\n";
  assertEquals(readSplits(`ticker,date,from,to\n${line}${line}`, "a.csv"), [TSLA]);
});

const HEAD = "ticker,date,from,to\n";
const WANT = "want execution_date or date, and split_from or from with split_to or to, or ratio, " +
  "or yfinance's Stock Splits; and ticker, where they are of several";

/** What is wrong with a text, and the message behind `Cannot read splits from `. */
const WRONG: readonly [text: string, message: string][] = [
  ["", `"a.csv": found nothing, want the columns ${WANT.slice(5)}`],
  [
    "ticker,date,to\nA,2024-01-02,3",
    `"a.csv", line 1: found the columns "ticker,date,to", ${WANT}`,
  ],
  [
    "TSLA;2022-08-25;1;3",
    `"a.csv", line 1: found the columns "tsla;2022-08-25;1;3", ${WANT}`,
  ],
  [`${HEAD}\nTSLA,2022-08-25,1`, '"a.csv", line 3: found 3 fields, want 4'],
  [
    `${HEAD}TSLA,2022-08-25,"1,3`,
    '"a.csv", line 2: found a quote out of place, want fields parted by commas',
  ],
  [
    `${HEAD}TSLA,25.8.2022,1,3`,
    '"a.csv", line 2: found the date "25.8.2022", want a day of the calendar, YYYY-MM-DD',
  ],
  [
    `${HEAD}TSLA,2022-02-30,1,3`,
    '"a.csv", line 2: found the date "2022-02-30", want a day of the calendar, YYYY-MM-DD',
  ],
  [`${HEAD},2022-08-25,1,3`, '"a.csv", line 2: found ticker nothing, want one such as TSLA'],
  [
    `${HEAD}TSLA,2022-08-25,1,3:1`,
    '"a.csv", line 2: found split_to "3:1", want a number of shares such as 3',
  ],
  [
    `${HEAD}TSLA,2022-08-25,0,3`,
    '"a.csv", line 2: found split_from "0", want a number of shares such as 3',
  ],
  [
    `${HEAD}A,2024-01-02,1,1e2`,
    '"a.csv", line 2: found split_to "1e2", want a number of shares such as 3',
  ],
  [
    `${HEAD}B,1999-01-04,1,2\n${
      Array.from({ length: 8 }, (_, i) =>
        `${i % 2 ? "BRK-B" : "BRK.B"},201${i}-01-04,1,${"9".repeat(15)}`)
        .join("\n")
    }`,
    `"a.csv", line 4: with 1 to ${
      "9".repeat(15)
    } the splits of BRK.B make a factor beyond 1e100, ` +
    "want those of a stock",
  ],
  ["[1,\n2,\n3 4]", '"a.csv", line 3: found no JSON, want an array of splits'],
  ["[1,\u001b", '"a.csv": found no JSON, want an array of splits'],
  ["{}", '"a.csv": found an object, want an array of splits, or one as its results'],
  ["[null]", `"a.csv", item 1: found "null", want an object with ${WANT.slice(5)}`],
  [
    '[{"ticker":"A","date":"2024-01-02","from":1,"to":2},{"ticker":"A\\u001b[2J"}]',
    '"a.csv", item 2: found ticker "A\\u001b[2J", want one such as TSLA',
  ],
  [
    '[{"ticker":"A","date":20240102,"from":1,"to":2}]',
    '"a.csv", item 1: found the date "20240102", want a day of the calendar, YYYY-MM-DD',
  ],
  [
    '[{"ticker":"A","date":"2024-01-02","from":1,"to":null}]',
    '"a.csv", item 1: found split_to "null", want a number of shares such as 3',
  ],
];

for (const [text, message] of WRONG) {
  Deno.test(`readSplits() of ${JSON.stringify(text.slice(0, 99))} says ${message}`, () => {
    const error = assertThrows(() => readSplits(text, "a.csv"), UsageError);
    assertEquals(error.message, `Cannot read splits from ${message}`);
  });
}

Deno.test("readSplit() wants shares that are more than nothing and finite", () => {
  const row = { ticker: "A", execution_date: "2024-01-02", split_from: 1, split_to: 1.05 };
  assertEquals(readSplit(row).to, 1.05);
  for (const split_to of [0, -1, NaN, Infinity, 1e-300, 1e300, "1e3", "0x10", "", true, [3]]) {
    assertThrows(() => readSplit({ ...row, split_to }), SyntaxError, "found split_to");
  }
});

/** `DATE FROM:TO` of each, with the ticker in front where there is one. */
const textsOf = (text: string) =>
  readSplits(text, "a.csv").map(({ ticker, executionDate, from, to }) =>
    [ticker, executionDate, `${from}:${to}`].filter((part) => part !== undefined).join(" ")
  );

Deno.test("readSplits() reads what yfinance writes: one ticker's, times and zones, no split on a date", () => {
  const splits =
    "Date,Stock Splits\n2020-08-31 00:00:00-04:00,5.0\n2022-08-25 00:00:00-04:00,3.0\n";
  assertEquals(textsOf(splits), ["2020-08-31 1:5", "2022-08-25 1:3"]);
  const actions = "Date,Dividends,Stock Splits\n" +
    "2020-08-07 00:00:00-04:00,0.205,0.0\n2020-08-31T00:00:00-04:00,0.0,4.0\n2021-01-04,0.1,\n";
  assertEquals(textsOf(actions), ["2020-08-31 1:4"]);
  const ofSeveral = "Date,Ticker,Stock Splits\n2020-08-31 04:00:00+00:00,AAPL,4.0\n";
  assertEquals(textsOf(ofSeveral), ["AAPL 2020-08-31 1:4"]);
});

Deno.test("readSplits() reads a date before any time and zone, and nothing else", () => {
  const of = (date: string) => textsOf(`date,ratio\n${date},2\n`)[0];
  const times = [
    "",
    " 00:00",
    " 00:00:00",
    "T00:00:00.000Z",
    " 04:00:00+00:00",
    "T00:00:00-0400",
    " 00:00:00 UTC",
  ];
  for (const time of times) assertEquals(of(`2022-08-25${time}`), "2022-08-25 1:2", time);
  for (const time of [" noon", "5", "T", " 00:00:00 x", "-04:00"]) {
    assertThrows(() => of(`2022-08-25${time}`), UsageError, "found the date", time);
  }
});

Deno.test("readSplits() reads a ratio of new shares to old ones in each way to write it", () => {
  const ratios: readonly (readonly [string, string])[] = [
    ["4", "1:4"],
    ["4.0", "1:4"],
    ["4:1", "1:4"],
    ["4/1", "1:4"],
    ["4 : 1", "1:4"],
    ["4-for-1", "1:4"],
    ["4 for 1", "1:4"],
    ["1-FOR-10", "10:1"],
    ["1 to 10", "10:1"],
    ["0.1", "10:1"],
    ["1.5", "2:3"],
    ["3:2", "2:3"],
    ["1.05", "20:21"],
    ["0.333333", "3:1"],
    ["0.066667", "15:1"],
    ["0.006667", "150:1"],
    ["1.333333", "3:4"],
    ["1.281", "1000:1281"],
    ["1.0469", "10000:10469"],
    ["1:1", "1:1"],
  ];
  for (const [ratio, want] of ratios) {
    assertEquals(textsOf(`ticker,date,ratio\nA,2024-01-02,${ratio}\n`), [`A 2024-01-02 ${want}`]);
  }
  for (const ratio of ["", "0", "-4", "4:", ":1", "4:0", "4-1", "four", "1e3", "4:1:1", "NaN"]) {
    const read = () => textsOf(`ticker,date,ratio\nA,2024-01-02,${ratio}\n`);
    assertThrows(read, UsageError, "found the ratio", ratio);
  }
  const json = JSON.stringify([{ Symbol: "A", Date: "2024-01-02", Ratio: 0.1 }]);
  assertEquals(textsOf(json), ["A 2024-01-02 10:1"]);
});
