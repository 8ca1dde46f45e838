/** `--adjust all` against an independent computation, which has yfinance's convention. */

import { assert, assertEquals } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { generateStockMinutes } from "../../fixtures/minute_files.ts";
import { hashText, unit } from "../../fixtures/random.ts";
import { FakeRest } from "../../fixtures/rest_server.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import type { Bar } from "../../lib/market/bar.ts";
import { resample } from "../../lib/market/resample.ts";
import { preload } from "../../lib/load/preload.ts";
import type { PreloadOptions } from "../../lib/settings.ts";
import { withDirectory } from "../cache/samples.ts";
import { type History, totalReturn, type TradedDay } from "./total_return_oracle.ts";

const SPAN = { from: "2024-01-02", to: "2024-06-28" };
const files = generateStockDays({ ...SPAN, tickers: 12 });
const TICKERS = ["A", "AAPL", "MSFT", "TSLA"];

const dayAfter = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** Some splits and dividends, on any day of the week, before, in and after the span. */
function historyOf(ticker: string, seed: number): History {
  const hash = hashText(ticker, seed);
  const date = (n: number) => dayAfter("2023-12-20", Math.floor(unit(hash, n) * 200));
  const ratios = [2, 3, 1.5, 0.1, 1.05, 20, 7, 0.04];
  const dates = new Set([10, 11, 12].map(date));
  return {
    splits: [...dates].map((date, n) => [date, ratios[Math.floor(unit(hash, 20 + n) * 8)]!]),
    dividends: Array.from({ length: 6 }, (_, n) => [date(30 + n), 0.01 + unit(hash, 40 + n) / 50]),
  };
}

function rowsOf(ticker: string, { splits, dividends }: History) {
  return {
    splits: splits.map(([execution_date, split_to]) => ({
      ticker,
      execution_date,
      split_from: 1,
      split_to,
    })),
    dividends: dividends.map(([ex_dividend_date, cash_amount], n) => ({
      ticker,
      ex_dividend_date,
      cash_amount,
      currency: "USD",
      distribution_type: `kind ${n}`,
    })),
  };
}

async function load(
  bucket: Iterable<{ key: string; bytes: Uint8Array<ArrayBuffer> }>,
  histories: ReadonlyMap<string, History>,
  options: Partial<PreloadOptions>,
) {
  const s3 = new FakeS3();
  for (const { key, bytes } of bucket) s3.objects.put(key, bytes);
  const rows = Array.from(histories, ([ticker, history]) => rowsOf(ticker, history));
  const rest = new FakeRest({
    key: "key",
    splits: rows.flatMap(({ splits }) => splits),
    dividends: rows.flatMap(({ dividends }) => dividends),
    pageSize: 7,
  });
  let result: Awaited<ReturnType<typeof preload>> | undefined;
  await withDirectory(async (path) => {
    result = await preload([...histories.keys()], {
      ...SPAN,
      adjust: "all",
      cacheDirectory: `${path}/cache`,
      credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
      splits: { apiKey: { value: "key", source: "KEY" } },
      nowMs: Date.parse("2024-12-01"),
      fetch: (url, init) =>
        new URL(String(url)).host === "api.massive.com"
          ? rest.fetch(url, init)
          : s3.fetch(url, init),
      ...options,
    });
  });
  return { bars: result!.bars, summary: result!.summary };
}

const NAMES = ["open", "high", "low", "close", "volume"] as const;

/** Equal but for the rounding of a handful of multiplications. */
function assertNear(
  bars: readonly Bar[],
  want: readonly (Omit<TradedDay, "date"> & { date: string })[],
) {
  assertEquals(bars.map(({ date }) => date), want.map(({ date }) => date));
  bars.forEach((bar, i) => {
    for (const name of NAMES) {
      const [found, wanted] = [bar[name]!, want[i]![name]];
      const isNear = Math.abs(found / wanted - 1) < 1e-12;
      assert(isNear, `${bar.date} ${name}: found ${found}, want ${wanted}`);
    }
  });
}

/** What the oracle leaves out: a dividend behind the asked span. */
const upTo = ({ splits, dividends }: History, date: string): History => ({
  splits,
  dividends: dividends.filter(([exDate]) => exDate <= date),
});

const traded = (ticker: string) => files.truth(ticker) as readonly (Bar & { volume: number })[];

Deno.test("preload({ adjust: all }) is what an independent computation makes of any history", async () => {
  for (let seed = 0; seed < 12; seed++) {
    const histories = new Map(TICKERS.map((ticker) => [ticker, historyOf(ticker, seed)]));
    const { bars, summary } = await load(files, histories, {});
    for (const [ticker, history] of histories) {
      assertNear(bars[ticker]!, totalReturn(traded(ticker), upTo(history, SPAN.to)));
      const { dividends = [] } = summary.symbols[ticker]!;
      const first = files.dates[0]!;
      const exDates = history.dividends.map(([date]) => date)
        .filter((date) => first < date && date <= SPAN.to);
      assertEquals(dividends.map(({ exDate }) => exDate), [...new Set(exDates)].sort());
    }
  }
});

Deno.test("preload({ adjust: all }) of weeks and months is made of adjusted days", async () => {
  const histories = new Map(TICKERS.map((ticker) => [ticker, historyOf(ticker, 99)]));
  for (const interval of ["1wk", "1mo"] as const) {
    const { bars } = await load(files, histories, { interval });
    for (const [ticker, history] of histories) {
      const days = totalReturn(traded(ticker), upTo(history, SPAN.to));
      const whole = days.map((day, i) => ({ ...traded(ticker)[i]!, ...day }));
      const want = [
        ...resample(whole, interval, { asset: "stock" }),
      ] as (Bar & { volume: number })[];
      assertNear(bars[ticker]!, want);
    }
  }
});

Deno.test("preload({ adjust: all }) of minutes has the factors of the regular session's close", async () => {
  const span = { from: "2024-03-04", to: "2024-03-08" };
  const minutes = generateStockMinutes({ ...span, tickers: ["TSLA"] });
  const history: History = {
    splits: [["2024-03-07", 3]],
    dividends: [["2024-03-06", 2], ["2024-03-07", 1]],
  };
  const histories = new Map([["TSLA", history]]);
  const truth = minutes.truth("TSLA") as readonly (Bar & { volume: number })[];
  const inSession = (ms: number) => {
    const time = new Date(ms).toLocaleTimeString("en-GB", { timeZone: "America/New_York" });
    return "09:30:00" <= time && time < "16:00:00";
  };
  const closes = minutes.dates.map((date) =>
    truth.findLast((bar) => bar.date === date && inSession(bar.timestamp))!
  );
  const lastOfDay = truth.findLast(({ date }) => date === "2024-03-05")!;
  assert(lastOfDay.close !== closes[1]!.close, "there is no trade after the session");
  const adjusted = new Map(
    totalReturn(closes, history).map((day, i) => [day.date, {
      price: day.close / closes[i]!.close,
      volume: day.volume / closes[i]!.volume,
    }]),
  );
  const want = truth.map((bar) => {
    const { price, volume } = adjusted.get(bar.date)!;
    return {
      ...bar,
      open: bar.open * price,
      high: bar.high * price,
      low: bar.low * price,
      close: bar.close * price,
      volume: bar.volume * volume,
    };
  });
  assertNear((await load(minutes, histories, { ...span, interval: "1m" })).bars.TSLA!, want);
  const regular = await load(minutes, histories, { ...span, interval: "1h", hours: "regular" });
  const hours = [...resample(want, "1h", { asset: "stock", hours: "regular" })];
  assertNear(regular.bars.TSLA!, hours as (Bar & { volume: number })[]);
});
