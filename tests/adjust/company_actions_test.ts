import { assertEquals } from "@std/assert";
import { actionsOfCompany } from "../../lib/adjust/company_actions.ts";
import { type Split, uniqueSplits } from "../../lib/adjust/split.ts";

const split = (ticker: string, executionDate: string, to = 2): Split => (
  { ticker, executionDate, from: 1, to }
);
const HISTORY = [
  { ticker: "A", from: "2010-01-04", to: "2015-06-30" },
  { ticker: "B", from: "2015-07-01", to: "2020-06-30" },
  { ticker: "C", from: "2020-07-01", to: "9999-12-31" },
];

const FUTURE = "2030-01-02";

function companys(...splits: readonly Split[]): string[] {
  const byTicker = Map.groupBy(splits, ({ ticker }) => ticker);
  const today = "2024-01-02";
  const dateOf = ({ executionDate }: Split) => executionDate;
  const announced = [...HISTORY.with(-1, { ...HISTORY[2]!, to: "2030-01-01" }), {
    ...{ ticker: "D", from: FUTURE, to: "9999-12-31" },
  }];
  const [plain, later] = [HISTORY, announced].map((history) =>
    actionsOfCompany({ tickers: ["C"], history }, byTicker, { dateOf, unique: uniqueSplits, today })
  );
  assertEquals(plain, later);
  return plain!
    .map(({ ticker, executionDate, to }) => `${ticker} ${executionDate} ${to}`);
}

Deno.test("actionsOfCompany() takes each ticker's of its time, under the one asked for", () => {
  const all = ["2009-01-02", "2012-01-03", "2018-01-03", "2022-01-03"]
    .flatMap((date, i) => [split("A", date, 2 + i), split("B", date, 12 + i)]);
  assertEquals(companys(...all), ["C 2012-01-03 3", "C 2018-01-03 14"]);
});

Deno.test("actionsOfCompany() takes all of the newest ticker, which the API has under no other", () => {
  const all = ["2009-01-02", "2012-01-03", "2022-01-03"].map((date) => split("C", date));
  assertEquals(companys(...all), ["C 2009-01-02 2", "C 2012-01-03 2", "C 2022-01-03 2"]);
});

Deno.test("actionsOfCompany() counts a split with the change of the ticker once, under whichever", () => {
  const [old, own] = [split("B", "2020-07-01"), split("C", "2020-07-01")];
  for (const splits of [[old], [own], [old, own]]) {
    assertEquals(companys(...splits), ["C 2020-07-01 2"]);
  }
  assertEquals(companys(split("B", "2020-07-02")), []);
  assertEquals(companys(split("B", "2015-07-01"), split("A", "2015-07-01")), ["C 2015-07-01 2"]);
});
