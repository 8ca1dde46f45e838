import { assertEquals, assertThrows } from "@std/assert";
import { readDividend, readDividends } from "../../lib/adjust/dividend_text.ts";
import { UsageError } from "../../lib/errors.ts";

/** What stands there beside the ordinary. */
const textsOf = (text: string) =>
  readDividends(text, "a.csv").map(({ ticker, exDate, amount, currency, type, ...rest }) =>
    [
      ticker,
      exDate,
      amount,
      currency === "USD" ? undefined : currency,
      type || undefined,
      rest.isForToday ? "for today" : undefined,
      rest.vendorFactor,
    ].filter((part) => part !== undefined).join(" ")
  );

Deno.test("readDividends() reads the vendor's answer, as JSON and as CSV", () => {
  const row = {
    id: "E1",
    ticker: "AAPL",
    cash_amount: 0.24,
    split_adjusted_cash_amount: 0.06,
    currency: "USD",
    ex_dividend_date: "2024-02-09",
    distribution_type: "recurring",
    historical_adjustment_factor: 0.9987,
  };
  const want = ["AAPL 2024-02-09 0.24 recurring 0.9987"];
  assertEquals(textsOf(JSON.stringify({ status: "OK", results: [row, row] })), want);
  const csv = [Object.keys(row), Object.values(row)].map((cells) => cells.join(",")).join("\n");
  assertEquals(textsOf(csv), want);
  assertEquals(readDividend(row).isForToday, false);
  const { cash_amount: _, ...other } = row;
  assertEquals(textsOf(JSON.stringify([other])), [
    "AAPL 2024-02-09 0.06 recurring for today 0.9987",
  ]);
});

Deno.test("readDividends() reads yfinance's tables: one ticker's, for a share of today, with gains", () => {
  const dividends =
    "Date,Dividends\n2020-08-07 00:00:00-04:00,0.205\n2020-11-06 00:00:00-05:00,0.0\n";
  assertEquals(textsOf(dividends), ["2020-08-07 0.205 for today"]);
  const actions = "Date,Dividends,Stock Splits,Capital Gains\n" +
    "2020-12-15 00:00:00-05:00,0.3,0.0,1.25\n2020-12-16,0.0,4.0,\n";
  assertEquals(textsOf(actions), [
    "2020-12-15 0.3 for today",
    "2020-12-15 1.25 capital gains for today",
  ]);
});

Deno.test("readDividends() reads every digit that pandas writes of a number", () => {
  const numbers = [1 / 3, 0.0048214285714285715, 5e-5, 1.5e-7, 123456.789];
  const text = numbers.map((number) => `2024-01-02,${number}\n`).join("");
  const amounts = readDividends(`Date,Dividends\n${text}`, "a.csv").map(({ amount }) => amount);
  assertEquals(amounts, numbers);
  assertEquals(readDividends("Date,Dividends\n2024-01-02,5e-05\n", "a.csv")[0]!.amount, 5e-5);
});

Deno.test("readDividends() reads the short names, other currencies and what is special", () => {
  const text = "ticker,date,amount,currency,type\nA,2024-01-02,1,cad,\nA,2024-01-03,2,,special\n";
  assertEquals(textsOf(text), ["A 2024-01-02 1 CAD", "A 2024-01-03 2 special"]);
  assertEquals(textsOf("symbol,ex_date,dividend\nA,2024-01-02,0\n"), ["A 2024-01-02 0"]);
});

const HEAD = "ticker,date,amount,currency\n";

const WRONG: readonly [text: string, message: string][] = [
  ["ticker,date,sum\n", 'found the columns "ticker,date,sum", want ex_dividend_date'],
  [`${HEAD}A,2024-01-02,-1,USD`, 'line 2: found the amount "-1", want what a share pays'],
  [`${HEAD}A,2024-01-02,,USD`, "line 2: found the amount nothing"],
  [`${HEAD}A,2024-01-02,$1,USD`, 'line 2: found the amount "$1"'],
  [
    `${HEAD}A,2024-13-02,1,USD`,
    'line 2: found the date "2024-13-02", want a day of the calendar, YYYY-MM-DD',
  ],
  [`${HEAD}A,2024-01-02,1,dollars`, 'line 2: found currency "dollars", want a word'],
  [`${HEAD},2024-01-02,1,USD`, "line 2: found ticker nothing"],
];

for (const [text, message] of WRONG) {
  Deno.test(`readDividends() of ${JSON.stringify(text)} says ${message}`, () => {
    const error = assertThrows(() => readDividends(text, "a.csv"), UsageError, message);
    assertEquals(error.message.startsWith('Cannot read dividends from "a.csv"'), true);
  });
}
