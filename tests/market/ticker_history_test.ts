import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  clipHistory,
  type Rename,
  Renames,
  tickerOn,
  type TickerSpan,
} from "../../lib/market/ticker_history.ts";

/** `2022-06-09 FB META`, where `-` is no ticker. */
function renames(...lines: readonly string[]): Rename[] {
  return lines.map((line) => {
    const [date, from, to] = line.split(" ");
    return { date: date!, from: from === "-" ? undefined : from, to: to === "-" ? undefined : to };
  });
}

const text = (history: readonly TickerSpan[] | undefined) =>
  history?.map(({ ticker, from, to }) => `${ticker} ${from} ${to}`);
const historyOf = (ticker: string, ...lines: readonly string[]) =>
  text(new Renames(renames(...lines)).historyOf(ticker));

const META = ["2012-05-18 - FB", "2022-06-09 FB META"];

Deno.test("historyOf() goes back from the ticker of today, and begins where the company does", () => {
  const whole = ["FB 2012-05-18 2022-06-08", "META 2022-06-09 9999-12-31"];
  assertEquals(historyOf("META", ...META), whole);
  assertEquals(historyOf("META", META[1]!), ["FB 0001-01-01 2022-06-08", whole[1]]);
  assertEquals(historyOf("TSLA", ...META), undefined);
});

Deno.test("historyOf() goes on from a ticker that was given up", () => {
  assertEquals(historyOf("FB", ...META), historyOf("META", ...META));
  assertEquals(historyOf("A", "2020-01-02 A B", "2021-01-02 B C", "2022-01-02 C -"), [
    "A 0001-01-01 2020-01-01",
    "B 2020-01-02 2021-01-01",
    "C 2021-01-02 2022-01-01",
  ]);
});

Deno.test("historyOf() has three renames and one back, in any order", () => {
  const lines = ["2018-03-01 A B", "2019-03-02 B A", "2020-03-01 A C", "2021-03-01 C D"];
  const want = [
    "A 0001-01-01 2018-02-28",
    "B 2018-03-01 2019-03-01",
    "A 2019-03-02 2020-02-29",
    "C 2020-03-01 2021-02-28",
    "D 2021-03-01 9999-12-31",
  ];
  for (const order of [lines, lines.toReversed(), [2, 0, 3, 1, 0, 2].map((i) => lines[i]!)]) {
    assertEquals(historyOf("D", ...order), want);
  }
});

Deno.test("historyOf() has nothing of another company that had the ticker before or has it after", () => {
  // An ETF gives META up, Facebook takes it; another ETF takes FB.
  const all = ["2022-01-31 META METV", ...META, "2025-03-03 - FB"];
  assertEquals(historyOf("META", ...all), [
    "FB 2012-05-18 2022-06-08",
    "META 2022-06-09 9999-12-31",
  ]);
  assertEquals(historyOf("METV", ...all), [
    "META 0001-01-01 2022-01-30",
    "METV 2022-01-31 9999-12-31",
  ]);
  assertEquals(historyOf("FB", ...all), ["FB 2025-03-03 9999-12-31"]);
  // B was another's until A took it.
  assertEquals(historyOf("C", "2018-01-02 B -", "2020-01-02 B C"), [
    "B 2018-01-02 2020-01-01",
    "C 2020-01-02 9999-12-31",
  ]);
});

Deno.test("historyOf() takes a ticker that changes hands on one date for the one's, then the other's", () => {
  const swap = ["2022-01-31 META METV", "2022-01-31 FB META"];
  assertEquals(historyOf("META", ...swap), [
    "FB 0001-01-01 2022-01-30",
    "META 2022-01-31 9999-12-31",
  ]);
  assertEquals(historyOf("METV", ...swap), [
    "META 0001-01-01 2022-01-30",
    "METV 2022-01-31 9999-12-31",
  ]);
  assertEquals(historyOf("A", "2022-01-31 A B", "2022-01-31 B A"), [
    "B 0001-01-01 2022-01-30",
    "A 2022-01-31 9999-12-31",
  ]);
});

Deno.test("historyOf() refuses two ways of one ticker on one date", () => {
  const message = "on 2022-01-03 there are both A to C and B to C";
  assertThrows(() => historyOf("C", "2022-01-03 A C", "2022-01-03 B C"), SyntaxError, message);
  assertThrows(() => historyOf("A", "2022-01-03 A B", "2022-01-03 A C"), SyntaxError);
  assertEquals(historyOf("X", "2022-01-03 A C", "2022-01-03 B C"), undefined);
  assertEquals(historyOf("A", "2022-01-03 A A"), undefined);
});

Deno.test("historyOf() of random changes is that of whoever is followed from date to date", () => {
  const tickers = ["A", "B", "C", "D"];
  const move = fc.record({
    company: fc.nat(2),
    ticker: fc.constantFrom(...tickers),
    days: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), fc.constantFrom(...tickers), (moves, asked) => {
      // Three companies that take tickers which are free: each change is one of a true history.
      const now: (string | undefined)[] = ["A", "B", undefined];
      const lives = now.map((ticker) => [{ ticker, from: "0001-01-01" }]);
      const lines: Rename[] = [];
      let date = Temporal.PlainDate.from("2000-01-01");
      for (const { company, ticker, days } of moves) {
        date = date.add({ days });
        if (now.includes(ticker)) continue;
        lines.push({ date: date.toString(), from: now[company], to: ticker });
        now[company] = ticker;
        lives[company]!.push({ ticker, from: date.toString() });
      }
      const owner = now.indexOf(asked);
      const found = new Renames(lines).historyOf(asked);
      if (owner === -1 || found === undefined) return;
      const life = lives[owner]!.filter(({ ticker }) => ticker !== undefined);
      assertEquals(found.map(({ ticker, from }) => ({ ticker, from })), life);
    }),
  );
});

Deno.test("historyOf() of a chain of 100,000 takes its time once", () => {
  const first = Temporal.PlainDate.from("1000-01-01");
  const lines = Array.from({ length: 100_000 }, (_, i) => (
    { date: first.add({ days: i }).toString(), from: `T${i}`, to: `T${i + 1}` }
  ));
  const all = new Renames(lines);
  assertEquals(all.historyOf("T100000")?.length, 100_001);
  assertEquals(all.historyOf("T0")?.length, 100_001);
});

Deno.test("clipHistory() and tickerOn() take the dates in a span, weekends as any other", () => {
  // A Saturday.
  const history = new Renames(renames("2022-06-11 FB META")).historyOf("META")!;
  assertEquals(["2022-06-10", "2022-06-11", "2022-06-13"].map((date) => tickerOn(history, date)), [
    "FB",
    "META",
    "META",
  ]);
  const span = (from: string, to: string) => text(clipHistory(history, { from, to }));
  assertEquals(span("2022-06-01", "2022-06-30"), [
    "FB 2022-06-01 2022-06-10",
    "META 2022-06-11 2022-06-30",
  ]);
  assertEquals(span("2022-06-11", "2022-06-30"), ["META 2022-06-11 2022-06-30"]);
  assertEquals(span("2021-06-11", "2021-06-30"), ["FB 2021-06-11 2021-06-30"]);
});
