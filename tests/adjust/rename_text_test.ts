import { assertEquals, assertThrows } from "@std/assert";
import { companyOf } from "../../fixtures/companies.ts";
import { readRenames, renamesOf } from "../../lib/adjust/rename_text.ts";
import { UsageError } from "../../lib/errors.ts";

const META = companyOf("Meta", ["2022-06-09", "META"], ["2012-05-18", "FB"]);
const WANT = [
  { date: "2012-05-18", from: undefined, to: "FB" },
  { date: "2022-06-09", from: "FB", to: "META" },
];

Deno.test("readRenames() reads CSV and JSON, under the names that people give the columns", () => {
  const texts = [
    "date,old,new\n2012-05-18,,FB\n2022-06-09,FB,META\n",
    "\ufeffDate,Old,New,New Company Name\r\n2012-05-18,,FB,x\r\n2022-06-09,FB,META,Meta\r\n",
    "Effective Date,New Symbol,Old Symbol\n2012-05-18,FB,\n2022-06-09 00:00:00-04:00,META,FB\n",
    '[{"date":"2012-05-18","to":"FB"},{"date":"2022-06-09","from":"FB","to":"META"}]',
    JSON.stringify({
      results: [{ date: "2012-05-18", new: "FB", old: "" }, {
        date: "2022-06-09",
        new: "META",
        old: "FB",
      }],
    }),
    JSON.stringify({ status: "OK", results: META }),
    JSON.stringify([{ results: META }]),
    JSON.stringify(META),
  ];
  for (const text of texts) assertEquals(readRenames(text, "r.csv"), WANT, text);
});

Deno.test("readRenames() takes tickers as symbols are spelled, and one that goes", () => {
  assertEquals(readRenames("date,old,new\n2020-01-02,BRK-B,AAC-WT\n2021-01-04,X.Y,\n", "r"), [
    { date: "2020-01-02", from: "BRK.B", to: "AAC.WS" },
    { date: "2021-01-04", from: "X.Y", to: undefined },
  ]);
});

Deno.test("readRenames() names the line and what is wanted", () => {
  const rows = [
    ["date,old\n", 'line 1: found the columns "date,old", want date, old and new, or'],
    [
      "date,old,new\n2022-13-01,A,B\n",
      'line 2: found the date "2022-13-01", want a day of the calendar, YYYY-MM-DD',
    ],
    ["date,old,new\n2022-01-03,A,B C\n", 'line 2: found new "B C", want a ticker such as TSLA'],
    ["", "found nothing, want the columns date, old and new"],
    ["[", "found no JSON"],
    ['{"results":{"events":7}}', "answer 1: its events are no array"],
  ] as const;
  for (const [text, message] of rows) {
    const error = assertThrows(() => readRenames(text, "r.csv"), UsageError);
    assertEquals(error.message.includes(message), true, error.message);
  }
});

Deno.test("renamesOf() takes events in any order, twice, and passes over what names no ticker", () => {
  const [meta, fb] = META.events;
  for (
    const events of [
      [meta, fb],
      [fb, meta],
      [fb, meta, fb, meta],
      [fb, { date: "2015-01-02", type: "ticker_change" }, meta],
      [fb, { date: "2015-01-02", type: "ticker_change", ticker_change: {} }, meta],
      [fb, { date: "2015-01-02", type: "ticker_change", ticker_change: { ticker: null } }, meta],
      [fb, { date: "no date", type: "split", ticker_change: { ticker: "X" } }, meta],
    ]
  ) assertEquals(renamesOf({ events }), WANT);
  assertEquals(renamesOf({}), []);
});

Deno.test("renamesOf() refuses what is no list of events, and two tickers on one date", () => {
  const event = (date: unknown, ticker: unknown) => ({ date, ticker_change: { ticker } });
  const rows = [
    [7, "its events are no array"],
    [[7], "want an object with type, date and ticker_change"],
    [[event("2022-06-09", 7)], "found ticker"],
    [[event("2022-06-09", "A B")], "found ticker"],
    [[event(7, "A")], "found the date"],
    [[event("2022-06-09", "A"), event("2022-06-09", "B")], "on 2022-06-09 it has both A and B"],
  ] as const;
  for (const [events, message] of rows) {
    assertThrows(() => renamesOf({ events }), SyntaxError, message);
  }
});
